package peers

// A peer is written once in the file of its name; here is what all of them are
// asked for (peer, conn), the list (peers), and what is measured over TCP
// (engine, crowd), for which a peer gets a goroutine for each connection.

import (
	"crypto/tls"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

// A peer is an implementation of the client. What a program makes once for many
// connections is made by the functions here, what it makes for each of them by
// the functions that these return.
type peer struct {
	name         string
	noExtensions bool // it can offer none
	// handshake does one handshake a call, each as on a new connection.
	handshake func(f *fake, o heads.Offer) func() (answer, error)
	// connect connects over TCP, offers nothing and closes without a closing
	// handshake. nil: what open and close do.
	connect func(url string) func() error
	// open leaves the connection open. nil: there are no messages.
	open func(url string) func() (conn, error)
	// secure is open over TLS. nil: that is not measured.
	secure func(url string, config *tls.Config) func() (conn, error)
}

// A conn is an open connection.
type conn interface {
	// converse sends p as a binary message and receives its echo, so many
	// times. It is called once.
	converse(p []byte, rounds int) error
	// wait receives until the connection ends.
	wait()
	close() error
}

var peers = []peer{
	zeroshakeByHand,
	zeroshakeDial,
	gobwasDial,
	gobwasUpgrade,
	gorillaDefault,
	gorillaTuned,
	coderDial,
	fasthttpDial,
	gwsClient,
	xnetClient,
	netHTTP,
}

// An engine runs any number of connections over TCP.
type engine struct {
	name string
	// handshakes connects n times, offers nothing and closes, with width
	// connections at a time.
	handshakes func(s server, n, width int) error
	// open opens n connections. nil: there are no messages.
	open func(s server, n int) (crowd, error)
}

// A crowd is open connections. One of exchange and idle is called, once.
type crowd interface {
	// exchange sends message as a binary message and receives its echo, so many
	// times on each connection, on all of them at a time.
	exchange(message []byte, rounds int) error
	// idle makes the connections wait for messages that do not come.
	idle()
	// close closes them. It is an error if one was not idle any more.
	close() error
}

// engines are all that is measured over TCP: first what runs many connections
// itself, then the peers, with a goroutine for each connection.
var engines = func() (all []engine) {
	all = append(all, floors...)
	all = append(all, zeroshakeLoop, zeroshakeLoopNet)
	for _, p := range peers {
		all = append(all, p.engine())
	}
	return all
}()

// secured are those that are measured over TLS.
var secured = func() (all []engine) {
	all = append(all, tlsFloor, zeroshakeLoop)
	for _, p := range peers {
		if p.secure != nil {
			all = append(all, p.engine())
		}
	}
	return all
}()

func (p peer) engine() engine {
	e := engine{name: p.name, handshakes: func(s server, n, width int) error {
		connect := p.connectOrOpen(s)
		return spread(n, width, func(int) error { return connect() })
	}}
	if p.open != nil || p.secure != nil {
		e.open = func(s server, n int) (crowd, error) {
			open := p.openTo(s)
			g := &goroutines{conns: make([]conn, n)}
			err := spread(n, width, func(i int) (err error) {
				g.conns[i], err = open()
				return err
			})
			return g, err
		}
	}
	return e
}

func (p peer) openTo(s server) func() (conn, error) {
	if s.certificate != "" {
		return p.secure(s.url(), s.tls())
	}
	return p.open(s.url())
}

func (p peer) connectOrOpen(s server) func() error {
	if p.connect != nil {
		return p.connect(s.url())
	}
	open := p.openTo(s)
	return func() error {
		c, err := open()
		if err != nil {
			return err
		}
		return c.close()
	}
}

var (
	errEcho  = errors.New("peers: what came is not what was sent")
	errEnded = errors.New("peers: a connection did not stay idle")
)

// width is how many handshakes are under way at a time.
const width = 64

// spread calls f with 0 to n-1, in width goroutines. It returns an error of f,
// after which f is called no more.
func spread(n, width int, f func(i int) error) error {
	var (
		next   atomic.Int64
		failed atomic.Pointer[error]
		all    sync.WaitGroup
	)
	for range min(n, width) {
		all.Go(func() {
			for failed.Load() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := f(i); err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}

// goroutines is a crowd with a goroutine for each connection.
type goroutines struct {
	conns   []conn
	waiting sync.WaitGroup
	ended   atomic.Int64
}

func (g *goroutines) exchange(message []byte, rounds int) error {
	return spread(len(g.conns), len(g.conns), func(i int) error { return g.conns[i].converse(message, rounds) })
}

func (g *goroutines) idle() {
	for _, c := range g.conns {
		g.waiting.Go(func() {
			c.wait()
			g.ended.Add(1)
		})
	}
}

func (g *goroutines) close() (err error) {
	if g.ended.Load() > 0 {
		err = errEnded
	}
	for _, c := range g.conns {
		if c != nil {
			c.close()
		}
	}
	g.waiting.Wait()
	return err
}
