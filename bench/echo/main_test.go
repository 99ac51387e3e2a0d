package echo

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	// What the programs are built of, so that a change of it is a change of this
	// test, whose result go test remembers. The programs themselves are read.
	_ "github.com/zeroshake/zeroshake/session/deflate"
	_ "github.com/zeroshake/zeroshake/session/dial"
)

// -full: groups 9, 12 and 13 in full size.
var full = flag.Bool("full", false, "play large messages in full size")

// programs is the folder that they are built into.
var programs string

// patience is how long a program may run.
const patience = 30 * time.Second

func TestMain(m *testing.M) {
	flag.Parse()
	status := m.Run()
	os.RemoveAll(programs)
	os.Exit(status)
}

var build = sync.OnceValue(func() (err error) {
	if programs, err = os.MkdirTemp("", "echo"); err != nil {
		return err
	}
	for _, name := range []string{"dial", "session"} {
		if _, err := os.ReadFile(filepath.Join(name, "main.go")); err != nil {
			return err
		}
	}
	cmd := exec.Command("go", "build", "-o", programs+string(filepath.Separator), "./dial", "./session")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s%w", out, err)
	}
	return nil
})

// command is a program that is killed when it runs too long.
func command(t testing.TB, program string, args ...string) (cmd *exec.Cmd, stderr *bytes.Buffer) {
	t.Helper()
	if err := build(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	cmd = exec.CommandContext(ctx, filepath.Join(programs, program), args...)
	stderr = new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = stderr, stderr
	return cmd, stderr
}

// runProgram returns how the program ended, and what it printed.
func runProgram(t testing.TB, program string, args ...string) (status int, printed string) {
	t.Helper()
	cmd, stderr := command(t, program, args...)
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), stderr.String()
}

// listen serves connections until the test ends.
func listen(t testing.TB, handle func(nc net.Conn)) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer nc.Close()
				nc.SetDeadline(time.Now().Add(patience))
				handle(nc)
			}()
		}
	}()
	return l.Addr().String()
}
