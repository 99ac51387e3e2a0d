package loop_test

import (
	"os"
	"testing"
)

// descriptors counts those that the process has open.
func descriptors(t testing.TB) int {
	t.Helper()
	d, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(d)
}
