package socket_test

import (
	"bytes"
	"os"
	"os/signal"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/zeroshake/zeroshake/internal/socket"
)

// pair returns two sockets, connected to each other, that do not block.
func pair(t *testing.T) (a, b int) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fds[0]); unix.Close(fds[1]) })
	return fds[0], fds[1]
}

func want(t *testing.T, what string, n int, err error, wantN int, wantErr error) {
	t.Helper()
	if n != wantN || err != wantErr {
		t.Errorf("%s: %d, %v; want %d, %v", what, n, err, wantN, wantErr)
	}
}

// The calls do not wait, even if the socket would.
func TestNoWait(t *testing.T) {
	a, b := pair(t)
	for _, fd := range []int{a, b} {
		if err := unix.SetNonblock(fd, false); err != nil {
			t.Fatal(err)
		}
	}
	n, err := socket.Receive(b, make([]byte, 1))
	want(t, "nothing is there", n, err, 0, unix.EAGAIN)
	large := make([]byte, 16<<20)
	if n, err = socket.Send(a, large); n <= 0 || n >= len(large) || err != nil {
		t.Errorf("a full window: %d, %v", n, err)
	}
}

func TestSendAndReceive(t *testing.T) {
	a, b := pair(t)
	p := make([]byte, 8)
	n, err := socket.Receive(b, p)
	want(t, "nothing is there", n, err, 0, unix.EAGAIN)
	n, err = socket.Send(a, []byte("hello"))
	want(t, "sent", n, err, 5, nil)
	n, err = socket.Receive(b, p[:2])
	want(t, "a part", n, err, 2, nil)
	n, err = socket.Receive(b, p[2:])
	want(t, "the rest", n, err, 3, nil)
	if string(p[:5]) != "hello" || !bytes.Equal(p[5:], make([]byte, 3)) {
		t.Errorf("received %q", p)
	}
	n, err = socket.Send(a, nil)
	want(t, "nothing sent", n, err, 0, nil)

	// A window that is full takes a part, then nothing.
	large := make([]byte, 16<<20)
	n, err = socket.Send(a, large)
	if n <= 0 || n >= len(large) || err != nil {
		t.Errorf("a full window: %d, %v", n, err)
	}
	n, err = socket.Send(a, large)
	want(t, "a full window", n, err, 0, unix.EAGAIN)
}

func TestEnds(t *testing.T) {
	a, b := pair(t)
	unix.Shutdown(b, unix.SHUT_WR)
	n, err := socket.Receive(a, make([]byte, 1))
	want(t, "the end of the stream", n, err, 0, nil)
	unix.Shutdown(b, unix.SHUT_RDWR)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, unix.SIGPIPE)
	defer signal.Stop(signals)
	n, err = socket.Send(a, []byte("a"))
	want(t, "the peer is gone", n, err, 0, unix.EPIPE)
	select {
	case s := <-signals:
		t.Error(s)
	case <-time.After(100 * time.Millisecond):
	}
	n, err = socket.Receive(-1, make([]byte, 1))
	want(t, "no descriptor", n, err, 0, unix.EBADF)
	n, err = socket.Send(-1, []byte("a"))
	want(t, "no descriptor", n, err, 0, unix.EBADF)
}

func TestPoll(t *testing.T) {
	a, b := pair(t)
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(epoll)
	for _, fd := range []int{a, b} {
		if err := unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd), Pad: 7}); err != nil {
			t.Fatal(err)
		}
	}
	var events [4]unix.EpollEvent
	n, err := socket.Poll(epoll, events[:])
	want(t, "nothing is ready", n, err, 0, nil)
	socket.Send(a, []byte("a"))
	n, err = socket.Poll(epoll, events[:])
	want(t, "one is ready", n, err, 1, nil)
	if e := (unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(b), Pad: 7}); events[0] != e {
		t.Errorf("%+v, want %+v", events[0], e)
	}
	socket.Send(b, []byte("b"))
	n, err = socket.Poll(epoll, events[:1])
	want(t, "room for one", n, err, 1, nil)
	n, err = socket.Poll(epoll, events[:])
	want(t, "both are ready", n, err, 2, nil)
	n, err = socket.Poll(a, events[:])
	want(t, "no epoll", n, err, 0, unix.EINVAL)
}

func TestAllocations(t *testing.T) {
	a, b := pair(t)
	p, q := []byte("hello"), make([]byte, 8)
	var events [1]unix.EpollEvent
	if n := testing.AllocsPerRun(100, func() {
		socket.Send(a, p)
		socket.Receive(b, q)
		socket.Receive(b, q)       // EAGAIN
		socket.Poll(-1, events[:]) // EBADF
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
