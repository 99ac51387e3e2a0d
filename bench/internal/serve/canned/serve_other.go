//go:build !linux

package canned

import (
	"net"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

// serve serves every connection that l accepts.
func serve(l *net.TCPListener, h heads.Head) error { return serveEach(l, h) }
