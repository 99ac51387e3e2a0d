//go:build unix

package main

// The command, as far as it takes signals and limits of unix:
//
//	TestSignal...        one signal, to storm alone and to all; TestSecondSignal, TestNohup
//	running              a storm whose messages are read one by one
//	TestServerDies..., TestNoOrphan  storm and its server
//	TestFewDescriptors

import (
	"bufio"
	"bytes"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func TestSignalWhileOpening(t *testing.T) {
	for signal, status := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGHUP: 129} {
		addr, accepted := accepting(t, 4)
		name := filepath.Join(t.TempDir(), "out.json")
		cmd := stormCommand(t, "-n", "100", "-c", "4", "--timeout", "1m", "--json", name, "ws://"+addr)
		r := wait(t, cmd, func() {
			<-accepted
			cmd.Process.Signal(signal)
		})
		r.want(t, status, "4 cut off", "96 not started", "0 of 100")
		if strings.Contains("\n"+r.stderr, "\n\n") {
			t.Errorf("an empty line: %q", r.stderr)
		}
		s := parseResult(t, content(t, name))
		if c := s.Counts; !s.Interrupted || c.Opened != 0 || c.Failed != 0 || c.CutOff != 4 || c.NotStarted != 96 {
			t.Errorf("%v: got %+v", signal, s)
		}
	}
}

// A running storm, of which the lines on standard error are read one by one.
type running struct {
	cmd    *exec.Cmd
	stdout bytes.Buffer
	stderr *bufio.Scanner
}

func start(t *testing.T, args ...string) *running {
	t.Helper()
	return startCommand(t, stormCommand(t, args...))
}

// startCommand starts cmd in a process group of its own.
func startCommand(t *testing.T, cmd *exec.Cmd) *running {
	t.Helper()
	r := &running{cmd: cmd}
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	r.cmd.Stdout = &r.stdout
	stderr, err := r.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r.stderr = bufio.NewScanner(stderr)
	return r
}

// until reads to the next line with text in it and returns what follows text.
func (r *running) until(t *testing.T, text string) string {
	t.Helper()
	for r.stderr.Scan() {
		if _, after, ok := strings.Cut(r.stderr.Text(), text); ok {
			return after
		}
	}
	t.Fatalf("no line with %q, %v", text, r.stderr.Err())
	return ""
}

// end waits until storm has ended.
func (r *running) end() result {
	var stderr strings.Builder
	for r.stderr.Scan() {
		stderr.WriteString(r.stderr.Text() + "\n")
	}
	r.cmd.Wait()
	return result{r.cmd.ProcessState.ExitCode(), r.stdout.String(), stderr.String()}
}

// server is the process of the embedded server.
func (r *running) server(t *testing.T) (pid int) {
	t.Helper()
	pid, err := strconv.Atoi(r.until(t, "process "))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// The embedded server must not end before its connections are closed, although a
// signal of a terminal or of timeout(1) is to the process group, which gets it
// twice from the latter, and one of pkill(1) is to the server as well.
func TestSignalWhileHolding(t *testing.T) {
	for signal, status := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGHUP: 129} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			storm := start(t, "-n", "50", "--hold", "1m", "--json", "-")
			server := storm.server(t)
			if group, err := syscall.Getpgid(server); group != server {
				t.Errorf("the server is in group %d, %v", group, err)
			}
			syscall.Kill(server, signal)
			storm.until(t, "50 opened")
			syscall.Kill(-storm.cmd.Process.Pid, signal)
			storm.until(t, "once more to quit")
			syscall.Kill(-storm.cmd.Process.Pid, signal)
			r := storm.end()
			r.want(t, status, "interrupted")
			s := parseResult(t, r.stdout)
			if c := s.Counts; !s.Interrupted || c.Opened != 50 || c.Dropped != 0 || s.Server == nil || s.Server.Opened != 50 || s.Server.Closes[1000] != 50 || s.Held >= time.Minute {
				t.Errorf("got %v", r)
			}
		})
	}
}

// A signal in the middle of all: connections begin, are open and exchange messages.
func TestSignalWhileExchanging(t *testing.T) {
	storm := start(t, "-r", "50", "--duration", "1m", "--messages", "1000", "--message-rate", "20", "--json", "-")
	storm.until(t, "messages answered")
	syscall.Kill(-storm.cmd.Process.Pid, syscall.SIGINT)
	r := storm.end()
	r.want(t, 130, "interrupted", "not started")
	s := parseResult(t, r.stdout)
	c := s.Counts
	if err := s.Check(); err != nil || !s.Interrupted || c.Planned != 3000 || c.Failed != 0 || c.Dropped != 0 || c.Opened == 0 || c.Closed != c.Opened || c.Answered == 0 ||
		s.Server.Opened != c.Opened+c.CutOff || s.Server.Closes[1000] != c.Opened || s.Server.Messages < c.Answered || s.Server.Messages > c.Sent {
		t.Errorf("%v: %+v, server %+v", err, c, s.Server)
	}
}

func TestNohup(t *testing.T) {
	self := stormCommand(t)
	cmd := exec.Command("sh", "-c", `trap "" HUP && exec "$0" -n 1 --hold 300ms`, self.Path)
	cmd.Env = self.Env
	storm := startCommand(t, cmd)
	storm.until(t, "embedded server")
	cmd.Process.Signal(syscall.SIGHUP)
	storm.end().want(t, 0, "1 of 1")
}

func TestSecondSignalQuitsAtOnce(t *testing.T) {
	storm := start(t, "-n", "1", "--hold", "1m", "--json", fullPipe(t)) // which the report has to wait for
	storm.until(t, "embedded server")
	storm.cmd.Process.Signal(syscall.SIGINT)
	storm.until(t, "once more to quit")
	ended := make(chan struct{})
	go func() {
		for { // one that comes too soon is not counted
			select {
			case <-time.After(10 * time.Millisecond):
				storm.cmd.Process.Signal(syscall.SIGTERM)
			case <-ended:
				return
			}
		}
	}()
	storm.end().want(t, 130)
	close(ended)
}

func TestServerDies(t *testing.T) {
	storm := start(t, "-n", "50", "--hold", "1m", "--json", "-")
	server := storm.server(t)
	storm.until(t, "50 opened")
	syscall.Kill(server, syscall.SIGKILL)
	r := storm.end()
	r.want(t, 3, "ended before its time: signal: killed", "50 of 50 that were open")
	if s := parseResult(t, r.stdout); s.Counts.Opened != 50 || s.Counts.Dropped != 50 || s.Counts.Failed != 0 || s.Server != nil {
		t.Errorf("got %v", r)
	}
}

// The server dies while connections begin: those that were open are dropped, and
// the others find nobody. The run goes on to its end.
func TestServerDiesWhileOpening(t *testing.T) {
	server := stormCommand(t, "serve")
	stdin, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	url, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	storm := start(t, "-r", "50", "--duration", "4s", "--json", "-", "--threshold", "dropped==0", strings.TrimSpace(url))
	storm.until(t, " opened")
	server.Process.Kill()
	server.Wait()
	r := storm.end()
	r.want(t, 99, "connect: refused", " that were open", "dropped==0")
	s := parseResult(t, r.stdout)
	c := s.Counts
	refused, _ := count(s.Failures, "connect: refused")
	if err := s.Check(); err != nil || c.Started != 200 || c.Opened == 0 || c.Dropped != c.Opened || refused == 0 || c.Opened+c.Failed != 200 || s.Ended != "" {
		t.Errorf("%v: %d refused, %+v, ended %q", err, refused, c, s.Ended)
	}
}

func TestNoOrphan(t *testing.T) {
	storm := start(t, "-n", "1", "--hold", "1m")
	url, _, _ := strings.Cut(storm.until(t, "embedded server at "), ",")
	c, _, err := websocket.DefaultDialer.Dial(url, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	storm.cmd.Process.Kill()
	if _, _, err := c.ReadMessage(); err == nil { // waits for the server's end
		t.Error("the server sent a message")
	}
	storm.end()
}

func TestFewDescriptors(t *testing.T) {
	self := stormCommand(t)
	cmd := exec.Command("sh", "-c", `ulimit -n 100 && exec "$0" -n 200 --loops 2`, self.Path)
	cmd.Env = self.Env
	wait(t, cmd, func() {}).want(t, 2, "-n: 200", "232", "100", "ulimit -n 232")
}
