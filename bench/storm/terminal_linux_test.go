package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal returns both ends of a pseudo-terminal of 80 columns and 24 lines.
func terminal(t *testing.T) (screen, storms *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { screen.Close() })
	fd := int(screen.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80}); err != nil {
		t.Fatal(err)
	}
	if storms, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { storms.Close() })
	return screen, storms
}

// What the embedded server complains of, that it has no descriptors left, stands
// above the view, which is taken away for it.
func TestServersComplaintsAreAboveTheView(t *testing.T) {
	screen, storms := terminal(t)
	self := stormCommand(t)
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `ulimit -n 64 && exec "$0" -n 5 --loops 1 --hold 1m`, self.Path)
	cmd.Env = append(self.Env, "TERM=xterm", "NO_COLOR=1")
	cmd.Stderr = storms
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Signal(os.Interrupt)
	storms.Close() // so that the end of storm is that of the terminal
	defer time.AfterFunc(time.Minute, func() { cmd.Process.Kill() }).Stop()
	r := bufio.NewReader(screen)
	var seen strings.Builder
	until := func(expr string) []string {
		t.Helper()
		for re := regexp.MustCompile(expr); ; {
			c, err := r.ReadByte()
			if err != nil {
				t.Fatalf("no %s in %q: %v", expr, seen.String(), err)
			}
			seen.WriteByte(c)
			if c != '\n' && c != 'J' {
				continue
			}
			if found := re.FindStringSubmatch(seen.String()); found != nil {
				return found
			}
		}
	}
	addr := until(`embedded server at ws://([^/]*)/`)[1]
	until(`5 open.*\n`)
	for range 80 {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	until(`\r\x1b\[\d+A\x1b\[J20[^\x1b]*Accept error[^\x1b]*too many open files[^\x1b]*\n`)
	cmd.Process.Signal(os.Interrupt)
	until(`(^|\x1b\[J|\n)\r\nstorm: interrupted;[^\n]*\n`)
}
