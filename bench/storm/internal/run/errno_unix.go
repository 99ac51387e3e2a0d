//go:build unix

package run

import "syscall"

const errAddrNotAvail = syscall.EADDRNOTAVAIL

var errnoText = map[syscall.Errno]string{
	syscall.EADDRINUSE:    "no free local port",
	syscall.EADDRNOTAVAIL: "no free local port",
	syscall.ECONNABORTED:  "reset",
	syscall.ECONNREFUSED:  "refused",
	syscall.ECONNRESET:    "reset",
	syscall.EHOSTUNREACH:  "no route to host",
	syscall.EMFILE:        "too many open files",
	syscall.ENETUNREACH:   "network unreachable",
	syscall.ENFILE:        "too many open files",
	syscall.EPIPE:         "reset",
}
