package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// An embedded server is "storm serve" as a child process. It ends when its
// standard input is closed, and so cannot outlive this process.
type embedded struct {
	url    string
	cmd    *exec.Cmd
	stdin  io.Closer
	stdout *bufio.Reader
}

func startEmbedded(stderr io.Writer) (*embedded, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &embedded{cmd: exec.Command(self, "serve")}
	s.cmd.SysProcAttr = ownGroup
	s.cmd.Stderr = stderr
	if s.stdin, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.stdout = bufio.NewReader(stdout)
	if err = s.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := s.stdout.ReadString('\n')
	if err != nil {
		s.stdin.Close()
		return nil, fmt.Errorf("it printed no URL: %v", s.cmd.Wait())
	}
	s.url = strings.TrimSpace(line)
	return s, nil
}

// stop ends the server and returns what it has counted.
func (s *embedded) stop() (*serverCounts, error) {
	s.stdin.Close()
	var c serverCounts
	line, err := s.stdout.ReadString('\n')
	if exit := s.cmd.Wait(); err != nil {
		return nil, fmt.Errorf("it ended before its time: %v", exit)
	}
	if _, err = fmt.Sscanf(line, countsFormat, &c.Opened, &c.Peak, &c.Echoed); err != nil {
		return nil, err
	}
	return &c, nil
}
