//go:build unix

package serve

import "syscall"

// ownGroup keeps a signal to storm's process group from the child: the server
// ends after its connections, not before.
var ownGroup = &syscall.SysProcAttr{Setpgid: true}
