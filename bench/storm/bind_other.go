//go:build !linux

package main

import (
	"context"
	"syscall"
)

// bindAddress has nothing to do: the port is chosen when the address is bound.
func bindAddress(context.Context, string, string, syscall.RawConn) error { return nil }
