package dial_test

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// childVariable makes the test binary a server that echoes, so that what the
// server allocates is not counted as the client's.
const childVariable = "DIAL_TEST_CHILD"

func child() {
	l := must(net.Listen("tcp", "127.0.0.1:0"))
	fmt.Println(l.Addr())
	for {
		nc := must(l.Accept())
		go func() {
			defer nc.Close()
			echo(nc)
		}()
	}
}

// startChild returns the address of such a server.
func startChild(t testing.TB) (addr string) {
	t.Helper()
	cmd := exec.Command(must(os.Executable()))
	cmd.Env = append(os.Environ(), childVariable+"=1")
	cmd.Stderr = os.Stderr
	out := must(cmd.StdoutPipe())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return strings.TrimSpace(must(bufio.NewReader(out).ReadString('\n')))
}
