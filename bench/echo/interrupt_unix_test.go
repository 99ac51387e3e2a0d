//go:build unix

package echo

import (
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/zeroshake/zeroshake/bench/internal/serve"
)

// TestInterrupted: Ctrl-C ends a program that waits for the server, at once and
// without a word.
func TestInterrupted(t *testing.T) {
	for _, program := range []string{"dial", "session"} {
		opened := make(chan error, 1)
		addr := listen(t, func(nc net.Conn) {
			_, err := serve.Open(nc, func(string) string { return "" })
			opened <- err
			nc.Read(make([]byte, 1)) // until the program is gone
		})
		cmd, printed := command(t, program, "ws://"+addr+"/")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if err := <-opened; err != nil {
			t.Error(program, err)
		}
		cmd.Process.Signal(os.Interrupt)
		err := cmd.Wait()
		status := cmd.ProcessState.Sys().(syscall.WaitStatus)
		if !status.Signaled() || status.Signal() != syscall.SIGINT || printed.Len() > 0 {
			t.Errorf("%s: %v, %q", program, err, printed)
		}
	}
}
