package parsetest

import (
	"syscall"
	"testing"
)

// guarded gives size octets of memory of which the next one is unreadable: to
// touch it ends the process.
func guarded(tb testing.TB, size int) []byte {
	page := syscall.Getpagesize()
	pages := (size + page - 1) / page * page
	mem, err := syscall.Mmap(-1, 0, pages+page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := syscall.Munmap(mem); err != nil {
			tb.Error(err)
		}
	})
	if err := syscall.Mprotect(mem[pages:], syscall.PROT_NONE); err != nil {
		tb.Fatal(err)
	}
	return mem[pages-size : pages : pages]
}
