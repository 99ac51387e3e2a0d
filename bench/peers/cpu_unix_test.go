//go:build unix

package peers

import (
	"syscall"
	"time"
)

// cpuTime is how much this process has had, in the kernel too.
func cpuTime() (time.Duration, error) {
	var u syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), err
}
