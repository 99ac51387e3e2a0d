package main

// A client: a Group of one loop, whose connections are told to open, to be held,
// and to end.

import (
	"bufio"
	"context"
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
	"github.com/zeroshake/zeroshake/session/loop"
)

// inFlight is how many connections open at a time.
const inFlight = 64

type client struct {
	loop.Ignore
	loop      *loop.Loop
	endpoints []*dial.Endpoint
	n, pings  int
	every     time.Duration

	begun, failed, lost, closed int
	handles                     []loop.Handle
	pinged                      []uint8 // by token
	pongs                       int
	slowest                     time.Duration
	said                        map[string]bool
	done                        chan struct{} // when what was told is done
}

// connect is the process: n, sources, how often to ping, how many pings, URLs.
func connect(args []string) error {
	n, _ := strconv.Atoi(args[0])
	sources, _ := strconv.Atoi(args[1])
	every, _ := time.ParseDuration(args[2])
	pings, _ := strconv.Atoi(args[3])
	c := &client{n: n, pings: pings, every: every, pinged: make([]uint8, n), said: map[string]bool{}, done: make(chan struct{}, 1)}
	for _, url := range args[4:] {
		e, err := dial.NewEndpoint(url, session.Offer{}, nil)
		if err != nil {
			return err
		}
		c.endpoints = append(c.endpoints, e)
	}
	cfg := loop.Config{Loops: 1, PingTimeout: max(every, 10*time.Second), ConnectTimeout: time.Minute, HandshakeTimeout: time.Minute}
	for i := range sources {
		cfg.LocalAddrs = append(cfg.LocalAddrs, netip.AddrFrom4([4]byte{127, 0, 1, byte(1 + i)}))
	}
	cfg.Handler = func(l *loop.Loop) loop.Handler { c.loop = l; return c }
	before := resident()
	ctx, end := context.WithCancel(context.Background())
	defer end()
	g, err := loop.New(ctx, &cfg)
	if err != nil {
		return err
	}
	defer g.Close()

	c.loop.Post(func() {
		for range min(inFlight, n) {
			c.dial()
		}
	})
	<-c.done
	runtime.GC()
	debug.FreeOSMemory()
	c.say("open", fmt.Sprintf("%d octets of memory for each", (resident()-before)<<10/n))
	in := bufio.NewScanner(os.Stdin)
	if !in.Scan() {
		return nil
	}
	c.loop.Post(c.hold)
	<-c.done
	c.say("held", fmt.Sprintf("the slowest of %d pongs took %v", c.pongs, c.slowest.Round(time.Microsecond)))
	if !in.Scan() {
		return nil
	}
	end()
	g.Wait()
	c.say("closed", fmt.Sprintf("%d in order", c.closed))
	return nil
}

// say prints a line that begins with a word, or with what went wrong.
func (c *client) say(word, more string) {
	if c.failed+c.lost > 0 {
		word = "not " + word
	}
	fmt.Printf("%s %d connections, %d failed, %d lost; %s\n", word, len(c.handles), c.failed, c.lost, more)
}

func (c *client) dial() {
	if c.begun < c.n {
		c.begun++
		c.loop.Dial(c.endpoints[c.begun%len(c.endpoints)], uint64(c.begun-1))
	}
}

func (c *client) next() {
	c.dial()
	if len(c.handles)+c.failed == c.n {
		c.done <- struct{}{}
	}
}

func (c *client) Opened(conn loop.Conn, _ *loop.Opening) {
	c.handles = append(c.handles, conn.Handle)
	c.next()
}

func (c *client) Failed(_ loop.Conn, f *loop.Failure) {
	c.complain(f.Explain())
	c.failed++
	c.next()
}

// complain says what went wrong, the first time.
func (c *client) complain(why string) {
	if !c.said[why] {
		c.said[why] = true
		fmt.Fprintln(os.Stderr, "hundredthousand:", why)
	}
}

// hold has all connections ping, spread evenly over the interval, and ends with it.
func (c *client) hold() {
	now := time.Now()
	for i, h := range c.handles {
		c.loop.Wake(h, now.Add(c.every*time.Duration(i)/time.Duration(len(c.handles))))
	}
	c.loop.At(now.Add(c.every*time.Duration(c.pings)), c.held)
}

// held waits for the last pongs.
func (c *client) held() {
	if c.pongs < c.pings*len(c.handles) && c.lost == 0 {
		c.loop.At(time.Now().Add(10*time.Millisecond), c.held)
		return
	}
	c.done <- struct{}{}
}

func (c *client) Wake(conn loop.Conn) {
	if err := c.loop.Ping(conn.Handle); err != nil {
		c.complain(err.Error())
	}
	if c.pinged[conn.Token]++; int(c.pinged[conn.Token]) < c.pings {
		c.loop.Wake(conn.Handle, time.Now().Add(c.every))
	}
}

func (c *client) Pong(_ loop.Conn, took time.Duration) {
	c.pongs++
	c.slowest = max(c.slowest, took)
}

func (c *client) Closed(_ loop.Conn, e *loop.Ending) {
	if e.Err == nil && e.Status == session.StatusEndpointUnavailable { // the answer to the end
		c.closed++
		return
	}
	c.lost++
	c.complain(fmt.Sprintf("lost: status %d, %v", e.Status, e.Err))
}
