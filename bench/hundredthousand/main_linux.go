package main

// run, then the processes, then what is checked before they start.

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A plan is what the flags say.
type plan struct {
	connections, processes, sources int
	hold, ping                      time.Duration
}

// pings is how many each connection sends while it is held.
func (p *plan) pings() int { return int(p.hold / p.ping) }

func main() {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "server":
			exit(serve(os.Args[2:]))
		case "client":
			exit(connect(os.Args[2:]))
		}
	}
	var p plan
	flag.IntVar(&p.connections, "connections", 100000, "connections to hold at once")
	flag.IntVar(&p.processes, "processes", 6, "server processes, and as many client processes")
	flag.IntVar(&p.sources, "sources", 4, "addresses to connect from: 127.0.1.1 and those behind it")
	flag.DurationVar(&p.hold, "hold", time.Minute, "how long to hold them")
	flag.DurationVar(&p.ping, "ping", 20*time.Second, "how often to ping each")
	flag.Parse()
	if p.connections < p.processes || p.processes < 1 || p.sources < 1 || p.sources > 254 || p.ping <= 0 || p.hold < p.ping || p.pings() > 255 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := p.fits(); err != nil {
		fmt.Fprintln(os.Stderr, "hundredthousand:", err)
		os.Exit(2)
	}
	exit(p.run())
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "hundredthousand:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func (p *plan) run() error {
	servers, err := p.start("server", func(int) []string { return nil })
	defer stop(servers)
	if err != nil {
		return err
	}
	var urls []string
	for _, s := range servers {
		port, err := s.ask("")
		if err != nil {
			return err
		}
		urls = append(urls, "ws://127.0.0.1:"+port+"/")
	}
	began := time.Now()
	clients, err := p.start("client", func(i int) []string {
		share := p.connections/p.processes + btoi(i < p.connections%p.processes)
		return append([]string{fmt.Sprint(share), fmt.Sprint(p.sources), p.ping.String(), fmt.Sprint(p.pings())}, urls...)
	})
	defer stop(clients)
	if err != nil {
		return err
	}
	if err := each("client", clients, "", "open"); err != nil {
		return err
	}
	fmt.Printf("%d connections opened in %.1f s\n", p.connections, time.Since(began).Seconds())
	if err := each("client", clients, "hold", "held"); err != nil {
		return err
	}
	wrong := p.count(servers)
	if err := each("client", clients, "end", "closed"); err != nil {
		return err
	}
	return wrong
}

// count prints what the servers counted, and says what of it is wrong.
func (p *plan) count(servers []*process) error {
	var wrong []error
	total := 0
	for i, s := range servers {
		answer, err := s.ask("count")
		if err != nil {
			return err
		}
		var open, least, most, kilobytes int
		if _, err := fmt.Sscan(answer, &open, &least, &most, &kilobytes); err != nil {
			return fmt.Errorf("server %d: %q: %w", i, answer, err)
		}
		fmt.Printf("server %d: %d connections open, %d to %d pings answered on each; %d KiB of memory\n", i, open, least, most, kilobytes)
		total += open
		if least != p.pings() || most != p.pings() {
			wrong = append(wrong, fmt.Errorf("server %d answered %d to %d pings on each connection, not %d", i, least, most, p.pings()))
		}
	}
	fmt.Printf("servers: %d connections open\n", total)
	if total != p.connections {
		wrong = append(wrong, fmt.Errorf("%d connections are open, not %d", total, p.connections))
	}
	return errors.Join(wrong...)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// A process is told a word on its standard input, and answers with a line.
type process struct {
	*exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func (p *plan) start(kind string, args func(i int) []string) (all []*process, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	for i := range p.processes {
		c := exec.Command(self, append([]string{kind}, args(i)...)...)
		c.Stderr = os.Stderr
		in, err := c.StdinPipe()
		if err != nil {
			return all, err
		}
		out, err := c.StdoutPipe()
		if err != nil {
			return all, err
		}
		if err := c.Start(); err != nil {
			return all, err
		}
		all = append(all, &process{c, in, bufio.NewReader(out)})
	}
	return all, nil
}

// ask says a word, if it is one, and returns the answer.
func (p *process) ask(word string) (string, error) {
	if word != "" {
		if _, err := fmt.Fprintln(p.in, word); err != nil {
			return "", err
		}
	}
	line, err := p.out.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("process %d has ended: %w", p.Process.Pid, err)
	}
	return strings.TrimSpace(line), nil
}

// each says a word to all, and then waits for all: the answers begin with want.
func each(kind string, all []*process, word, want string) error {
	if word != "" {
		for _, p := range all {
			if _, err := fmt.Fprintln(p.in, word); err != nil {
				return err
			}
		}
	}
	var wrong []error
	for i, p := range all {
		answer, err := p.ask("")
		if err == nil {
			fmt.Printf("%s %d: %s\n", kind, i, answer)
			if !strings.HasPrefix(answer, want+" ") {
				err = fmt.Errorf("%s %d: %s", kind, i, answer)
			}
		}
		wrong = append(wrong, err)
	}
	return errors.Join(wrong...)
}

// stop ends what still runs: a process ends with its input.
func stop(all []*process) {
	for _, p := range all {
		p.in.Close()
	}
	for _, p := range all {
		p.Wait()
	}
}

const (
	// What a connection over loopback takes of the system, both ends, and of the
	// two processes; measured, and rounded up.
	perConnection = 16 << 10
	spare         = 512 << 20
	// Descriptors that a process has besides its connections.
	besides = 64
)

// fits checks the machine.
func (p *plan) fits() error {
	free, err := available()
	if err != nil {
		return err
	}
	if need := int64(p.connections)*perConnection + spare; free < need {
		return fmt.Errorf("%d MiB of memory are available, and %d connections need %d", free>>20, p.connections, need>>20)
	}
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	if need := p.connections/p.processes + 1 + besides; uint64(need) > limit.Max {
		return fmt.Errorf("a process may have %d descriptors and would need %d: use more -processes", limit.Max, need)
	}
	return nil
}

// available is how many octets of memory can be taken without swapping.
func available() (int64, error) {
	info, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(info)) {
		var kilobytes int64
		if n, _ := fmt.Sscanf(line, "MemAvailable: %d kB", &kilobytes); n == 1 {
			return kilobytes << 10, nil
		}
	}
	return 0, errors.New("/proc/meminfo does not say what is available")
}

// resident is the memory of this process in KiB.
func resident() int {
	statm, _ := os.ReadFile("/proc/self/statm")
	var size, pages int
	fmt.Sscan(string(statm), &size, &pages)
	return pages * os.Getpagesize() >> 10
}
