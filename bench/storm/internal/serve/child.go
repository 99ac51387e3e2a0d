package serve

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// Child is "storm serve" as a child process. It ends when its standard input is
// closed, and so cannot outlive this process.
type Child struct {
	URL    string
	cmd    *exec.Cmd
	stdin  io.Closer
	stdout *bufio.Reader
	stderr lines
}

// Start starts a Child, whose complaints go to stderr, in whole lines.
func Start(stderr io.Writer) (*Child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &Child{cmd: exec.Command(self, "serve"), stderr: lines{w: stderr}}
	c.cmd.SysProcAttr = ownGroup
	c.cmd.Stderr = &c.stderr
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.stdout = bufio.NewReader(stdout)
	if err = c.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := c.stdout.ReadString('\n')
	if err != nil {
		c.stdin.Close()
		exit := c.cmd.Wait()
		c.stderr.end()
		return nil, fmt.Errorf("it printed no URL: %v", exit)
	}
	c.URL = strings.TrimSpace(line)
	return c, nil
}

// PID is the process.
func (c *Child) PID() int { return c.cmd.Process.Pid }

// Stop ends the server and returns what it has counted.
func (c *Child) Stop() (*measure.Server, error) {
	c.stdin.Close()
	line, err := c.stdout.ReadBytes('\n')
	exit := c.cmd.Wait()
	c.stderr.end()
	if err != nil {
		return nil, fmt.Errorf("it ended before its time: %v", exit)
	}
	counts := new(measure.Server)
	return counts, json.Unmarshal(line, counts)
}

// End returns a channel that tells when a server with this standard input is to
// end: with it, if it is a pipe, or with SIGINT or SIGTERM.
func End(stdin *os.File) <-chan os.Signal {
	end := make(chan os.Signal, 1)
	info, err := stdin.Stat()
	if err != nil || info.Mode()&(os.ModeNamedPipe|os.ModeSocket) == 0 {
		signal.Notify(end, os.Interrupt, syscall.SIGTERM)
		return end
	}
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP) // meant for the parent, which closes the pipe
	go func() {
		io.Copy(io.Discard, stdin)
		close(end)
	}()
	return end
}

// lines hands on what is written to it in whole lines, also if it is written in
// pieces. That nobody reads them is not the writer's trouble.
type lines struct {
	w    io.Writer
	rest []byte
}

// longest is how long a line may be that is kept for its end.
const longest = 64 << 10

func (l *lines) Write(p []byte) (int, error) {
	l.rest = append(l.rest, p...)
	n := bytes.LastIndexByte(l.rest, '\n') + 1
	if n == 0 && len(l.rest) > longest {
		n = len(l.rest)
	}
	if n > 0 {
		l.w.Write(l.rest[:n])
		l.rest = append(l.rest[:0], l.rest[n:]...)
	}
	return len(p), nil
}

// end hands on what has no end of a line.
func (l *lines) end() {
	if len(l.rest) > 0 {
		fmt.Fprintf(l.w, "%s\n", l.rest)
		l.rest = nil
	}
}
