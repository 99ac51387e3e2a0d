package loop

import (
	"bytes"
	"os"
	"os/signal"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// socketPair returns two sockets, connected to each other, that do not block.
func socketPair(t *testing.T) (a, b int) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fds[0]); unix.Close(fds[1]) })
	return fds[0], fds[1]
}

func wantCall(t *testing.T, what string, n int, err error, wantN int, wantErr error) {
	t.Helper()
	if n != wantN || err != wantErr {
		t.Errorf("%s: %d, %v; want %d, %v", what, n, err, wantN, wantErr)
	}
}

// The calls do not wait, even if the socket would.
func TestCallsDoNotWait(t *testing.T) {
	a, b := socketPair(t)
	for _, fd := range []int{a, b} {
		if err := unix.SetNonblock(fd, false); err != nil {
			t.Fatal(err)
		}
	}
	n, err := recvfrom(b, make([]byte, 1))
	wantCall(t, "nothing is there", n, err, 0, unix.EAGAIN)
	large := make([]byte, 16<<20)
	if n, err = sendto(a, large); n <= 0 || n >= len(large) || err != nil {
		t.Errorf("a full window: %d, %v", n, err)
	}
}

func TestCalls(t *testing.T) {
	a, b := socketPair(t)
	p := make([]byte, 8)
	n, err := recvfrom(b, p)
	wantCall(t, "nothing is there", n, err, 0, unix.EAGAIN)
	n, err = sendto(a, []byte("hello"))
	wantCall(t, "sent", n, err, 5, nil)
	n, err = recvfrom(b, p[:2])
	wantCall(t, "a part", n, err, 2, nil)
	n, err = recvfrom(b, p[2:])
	wantCall(t, "the rest", n, err, 3, nil)
	if string(p[:5]) != "hello" || !bytes.Equal(p[5:], make([]byte, 3)) {
		t.Errorf("received %q", p)
	}
	n, err = sendto(a, nil)
	wantCall(t, "nothing sent", n, err, 0, nil)

	// A window that is full takes a part, then nothing.
	large := make([]byte, 16<<20)
	n, err = sendto(a, large)
	if n <= 0 || n >= len(large) || err != nil {
		t.Errorf("a full window: %d, %v", n, err)
	}
	n, err = sendto(a, large)
	wantCall(t, "a full window", n, err, 0, unix.EAGAIN)
}

func TestCallsAtTheEnd(t *testing.T) {
	a, b := socketPair(t)
	unix.Shutdown(b, unix.SHUT_WR)
	n, err := recvfrom(a, make([]byte, 1))
	wantCall(t, "the end of the stream", n, err, 0, nil)
	unix.Shutdown(b, unix.SHUT_RDWR)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, unix.SIGPIPE)
	defer signal.Stop(signals)
	n, err = sendto(a, []byte("a"))
	wantCall(t, "the peer is gone", n, err, 0, unix.EPIPE)
	select {
	case s := <-signals:
		t.Error(s)
	case <-time.After(100 * time.Millisecond):
	}
	n, err = recvfrom(-1, make([]byte, 1))
	wantCall(t, "no descriptor", n, err, 0, unix.EBADF)
	n, err = sendto(-1, []byte("a"))
	wantCall(t, "no descriptor", n, err, 0, unix.EBADF)
}

func TestEpollWait(t *testing.T) {
	a, b := socketPair(t)
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
	n, err := epollWait(epoll, events[:])
	wantCall(t, "nothing is ready", n, err, 0, nil)
	sendto(a, []byte("a"))
	n, err = epollWait(epoll, events[:])
	wantCall(t, "one is ready", n, err, 1, nil)
	if e := (unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(b), Pad: 7}); events[0] != e {
		t.Errorf("%+v, want %+v", events[0], e)
	}
	sendto(b, []byte("b"))
	n, err = epollWait(epoll, events[:1])
	wantCall(t, "room for one", n, err, 1, nil)
	n, err = epollWait(epoll, events[:])
	wantCall(t, "both are ready", n, err, 2, nil)
	n, err = epollWait(a, events[:])
	wantCall(t, "no epoll", n, err, 0, unix.EINVAL)
}

func TestCallsDoNotAllocate(t *testing.T) {
	a, b := socketPair(t)
	p, q := []byte("hello"), make([]byte, 8)
	var events [1]unix.EpollEvent
	if n := testing.AllocsPerRun(100, func() {
		sendto(a, p)
		recvfrom(b, q)
		recvfrom(b, q)           // EAGAIN
		epollWait(-1, events[:]) // EBADF
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
