//go:build !linux

package loop_test

import (
	"context"
	"net"
	"testing"

	"github.com/zeroshake/zeroshake/session/loop"
)

// stuck is a URL to which no connection comes up, nor is refused.
func stuck(_ *testing.T, cfg *loop.Config) (url string, free func()) {
	cfg.NetDial = func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return "ws://127.0.0.1:1/", func() {}
}
