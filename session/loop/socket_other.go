//go:build !linux

package loop

import (
	"net/netip"

	"github.com/zeroshake/zeroshake/session/dial"
)

// sockets: here every connection runs over net.Conn.
type sockets struct{}

func (c *Config) overNet(*dial.Endpoint) bool { return true }

func (l *Loop) newPoller() error {
	l.poll = newChannelPoller()
	return nil
}

func (l *Loop) watch(*conn, bool)                      {}
func (l *Loop) closeSocket(*conn)                      {}
func (l *Loop) setNoDelay(*conn)                       {}
func (l *Loop) shutSocket(c *conn)                     { c.net.shut() }
func (l *Loop) openSocket(*conn) (dial.Phase, error)   { panic(noSockets) }
func (l *Loop) readSocket(*conn, []byte) (int, error)  { panic(noSockets) }
func (l *Loop) writeSocket(*conn, []byte) (int, error) { panic(noSockets) }
func socketName(*conn) netip.AddrPort                  { panic(noSockets) }

const noSockets = "loop: no sockets here"
