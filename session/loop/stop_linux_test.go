package loop_test

import (
	"net"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/zeroshake/zeroshake/session/loop"
)

// stuck is the URL of a server to which no connection comes up, nor is refused:
// it accepts none, and no more may wait.
func stuck(t *testing.T, _ *loop.Config) (url string, free func()) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err = unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err == nil {
		err = unix.Listen(fd, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	addr := "127.0.0.1:" + strconv.Itoa(name.(*unix.SockaddrInet4).Port)
	var waiting []net.Conn
	for {
		nc, err := net.DialTimeout("tcp", addr, 200*time.Millisecond)
		if err != nil {
			break
		}
		if waiting = append(waiting, nc); len(waiting) > 10 {
			t.Fatal("connections come up all the same")
		}
	}
	return "ws://" + addr + "/", func() {
		for _, nc := range waiting {
			nc.Close()
		}
		unix.Close(fd)
	}
}
