package run

import (
	"syscall"

	"golang.org/x/sys/windows"
)

const errAddrNotAvail = windows.WSAEADDRNOTAVAIL

var errnoText = map[syscall.Errno]string{
	windows.WSAEADDRINUSE:    "no free local port",
	windows.WSAEADDRNOTAVAIL: "no free local port",
	windows.WSAECONNABORTED:  "reset",
	windows.WSAECONNREFUSED:  "refused",
	windows.WSAECONNRESET:    "reset",
	windows.WSAEHOSTUNREACH:  "no route to host",
	windows.WSAEMFILE:        "too many open files",
	windows.WSAENETUNREACH:   "network unreachable",
}
