//go:build !linux

package loop

import "syscall"

// ports: here the system chooses as it does.
type ports struct{}

func (p *ports) init() {}

func (p *ports) control(before controlFunc) controlFunc { return before }

// bindLate is for Linux.
func bindLate(syscall.RawConn) error { return nil }
