//go:build !linux

package parsetest

import "testing"

// guarded gives size octets of memory with no spare capacity behind them.
func guarded(tb testing.TB, size int) []byte {
	return make([]byte, size)
}
