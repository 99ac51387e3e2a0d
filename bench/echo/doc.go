// Package echo tests the two programs below it, which echo what a server sends:
// dial over dial.Conn, session over the bare session.Client.
package echo
