package main

import (
	"net/netip"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestPortIsChosenWhenConnecting(t *testing.T) {
	local := netip.MustParseAddr("127.0.0.9")
	p := &plan{n: 1, url: "ws://" + answering(t, "101"), timeout: time.Minute, locals: []netip.Addr{local}}
	c, err := newNetEngine(p, nil).dial(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	if from := netip.MustParseAddrPort(c.NetConn().LocalAddr().String()).Addr(); from != local {
		t.Errorf("dialled from %v, want %v", from, local)
	}
	raw, err := c.NetConn().(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) {
		if on, err := unix.GetsockoptInt(int(fd), unix.SOL_IP, unix.IP_BIND_ADDRESS_NO_PORT); on != 1 {
			t.Errorf("IP_BIND_ADDRESS_NO_PORT is %d, %v", on, err)
		}
	})
}
