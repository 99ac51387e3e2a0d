package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// The test binary is storm itself when it is run with asStorm in its environment.
const asStorm = "STORM_TEST_AS_STORM=1"

func TestMain(m *testing.M) {
	name, value, _ := strings.Cut(asStorm, "=")
	if os.Getenv(name) == value {
		main()
	}
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP) // so that storm does not inherit a nohup around the tests
	os.Exit(m.Run())
}

func stormCommand(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(os.Environ(), asStorm)
	return cmd
}

// A result is what a storm left.
type result struct {
	status         int
	stdout, stderr string
}

func (r result) String() string {
	return fmt.Sprintf("status %d\nstdout:\n%s\nstderr:\n%s", r.status, r.stdout, r.stderr)
}

func runStorm(t *testing.T, args ...string) result {
	t.Helper()
	return wait(t, stormCommand(t, args...), func() {})
}

// wait runs cmd to its end. started is called once it has started.
func wait(t *testing.T, cmd *exec.Cmd, started func()) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	started()
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

func (r result) want(t *testing.T, status int, texts ...string) {
	t.Helper()
	if r.status != status {
		t.Errorf("want status %d, got %v", status, r)
	}
	for _, text := range texts {
		if !strings.Contains(r.stdout+r.stderr, text) {
			t.Errorf("want %q, got %v", text, r)
		}
	}
}

func parseResult(t *testing.T, text string) *measure.Result {
	t.Helper()
	r, err := measure.Read(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return r
}

func content(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// count is how often a reason was counted, and its example.
func count(reasons measure.Reasons, reason string) (int64, string) {
	for _, r := range reasons {
		if r.Reason == reason {
			return r.Count, r.Example.Text
		}
	}
	return 0, ""
}
