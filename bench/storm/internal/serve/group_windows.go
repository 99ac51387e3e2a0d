package serve

import "syscall"

// ownGroup keeps Ctrl-C and Ctrl-Break of the console from the child.
var ownGroup = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
