//go:build !linux

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "hundredthousand: the servers need epoll, which is Linux'")
	os.Exit(2)
}
