package run

// Runs in a bubble of package synctest, where all times are exact, over package
// loop and connections in memory, to a server that answers as the test says:
//
//	server, answer, frames    the server
//	perform                   a plan, carried out
//	TestArrivals              when each starts
//	TestStall...              what a stall does to the latencies; of messages it is in
//	                          exchange_test.go
//	TestCounts...             storm's counts are the server's
//	TestReconnect..., TestInterrupt, TestStopOnFailures, TestTimeLimit, TestCookieJar

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
	"github.com/zeroshake/zeroshake/bench/storm/internal/plan"
)

const ms = time.Millisecond

// A server answers connections in memory. Its counts are its own.
type server struct {
	begin time.Time
	// handshake is how long the answer to connection k takes, and its status; echo
	// how long the one to message seq takes, which is dropped if that is negative, and
	// says what it is: nil is none.
	handshake func(k int) (time.Duration, int)
	echo      func(k, seq int) time.Duration
	says      func(k, seq int, p []byte) []byte
	closing   time.Duration // takes the answer to a close

	mu      sync.Mutex
	starts  []time.Duration // of connections
	cookies []string
	serving sync.WaitGroup
	open    int
	measure.Server
}

func (s *server) dial(context.Context, string, string) (net.Conn, error) {
	client, here := net.Pipe()
	s.mu.Lock()
	k := len(s.starts)
	s.starts = append(s.starts, time.Since(s.begin))
	s.mu.Unlock()
	s.serving.Go(func() { s.serve(&queued{Conn: here}, k) })
	return client, nil
}

// queued is a connection that takes what is written at once: a pipe does not.
type queued struct {
	net.Conn
	mu   sync.Mutex
	tail chan struct{} // closed when what was written before has been read
}

func (q *queued) Write(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	before, mine := q.tail, make(chan struct{})
	q.tail = mine
	p = slices.Clone(p)
	go func() {
		defer close(mine)
		if before != nil {
			<-before
		}
		q.Conn.Write(p)
	}()
	return len(p), nil
}

func (q *queued) Close() error {
	q.mu.Lock()
	tail := q.tail
	q.mu.Unlock()
	if tail != nil {
		<-tail
	}
	return q.Conn.Close()
}

// hijacked is an http.ResponseWriter for a websocket.Upgrader.
type hijacked struct {
	http.ResponseWriter
	c net.Conn
	r *bufio.Reader
}

func (h hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.c, bufio.NewReadWriter(h.r, bufio.NewWriter(h.c)), nil
}

func (s *server) serve(nc net.Conn, k int) {
	defer nc.Close()
	br := bufio.NewReader(nc)
	r, err := http.ReadRequest(br)
	if err != nil {
		return
	}
	s.mu.Lock()
	s.cookies = append(s.cookies, r.Header.Get("Cookie"))
	s.mu.Unlock()
	wait, status := s.handshake(k)
	time.Sleep(wait)
	if status != 101 {
		s.mu.Lock()
		s.Refused++
		s.mu.Unlock()
		fmt.Fprintf(nc, "HTTP/1.1 %d Refused\r\nContent-Length: 0\r\nSet-Cookie: sid=no; Path=/\r\n\r\n", status)
		return
	}
	s.count(func() { s.Opened++; s.open++; s.Peak = max(s.Peak, int64(s.open)) })
	defer s.count(func() { s.open-- })
	var up websocket.Upgrader
	c, err := up.Upgrade(hijacked{c: nc, r: br}, r, http.Header{"Set-Cookie": {fmt.Sprintf("sid=%d; Path=/", k)}})
	if err != nil {
		return
	}
	answerClose := c.CloseHandler()
	c.SetCloseHandler(func(code int, text string) error {
		time.Sleep(s.closing)
		return answerClose(code, text)
	})
	answerPing := c.PingHandler()
	c.SetPingHandler(func(text string) error {
		s.count(func() { s.Pings++ })
		return answerPing(text)
	})
	for seq := 0; ; seq++ {
		kind, p, err := c.ReadMessage()
		var closed *websocket.CloseError
		if errors.As(err, &closed) {
			s.count(func() { s.Closes[uint16(closed.Code)]++ })
		}
		if err != nil {
			return
		}
		wait := s.echo(k, seq)
		if wait < 0 {
			return
		}
		time.Sleep(wait)
		if p = s.says(k, seq, p); p == nil {
			continue
		}
		s.count(func() { s.Messages++ })
		if c.WriteMessage(kind, p) != nil {
			return
		}
	}
}

func (s *server) count(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// perform carries out a plan of o against s, in the bubble of its caller.
func perform(t *testing.T, ctx context.Context, o plan.Options, s *server) (*measure.Result, *server) {
	t.Helper()
	o.URLs, o.Engine = []string{"ws://127.0.0.1/"}, "net"
	p, err := plan.New(o)
	if err != nil {
		t.Fatal(err)
	}
	s.begin, s.Closes = time.Now(), map[uint16]int64{}
	if s.handshake == nil {
		s.handshake = func(int) (time.Duration, int) { return 0, 101 }
	}
	if s.echo == nil {
		s.echo = func(int, int) time.Duration { return 0 }
	}
	if s.says == nil {
		s.says = func(_, _ int, p []byte) []byte { return p }
	}
	p.NetDial = s.dial
	const loops = 2
	c := measure.Config{Start: s.begin, Shards: loops, WarmUp: p.Warmup, Total: int64(p.Arrivals.Len()), Settings: measure.Settings{NoReply: p.NoReply}}
	recorder := measure.NewRecorder(c)
	r, err := New(p, recorder, s.begin, loops, nil)
	if err != nil {
		t.Fatal(err)
	}
	end := r.Do(ctx)
	result := recorder.Result(end)
	s.serving.Wait()
	return result, s
}

// near allows for the three digits of the histogram.
func near(got, want time.Duration) bool { return (got - want).Abs() <= want/1000+time.Microsecond }

func options(change func(*plan.Options)) plan.Options {
	o := plan.Defaults()
	o.PingInterval = 0
	change(&o)
	return o
}

func bubble(t *testing.T, name string, f func(t *testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, f) })
}

func TestArrivals(t *testing.T) {
	for _, tt := range []struct {
		name      string
		rate      string
		n, c      int
		took      time.Duration
		starts    []time.Duration
		late      int64         // all of them for the limit
		handshake time.Duration // at most
	}{
		{"as fast as c allows", "", 5, 2, 30 * ms, []time.Duration{0, 0, 30 * ms, 30 * ms, 60 * ms}, 0, 30 * ms},
		{"all at once", "", 3, 0, 30 * ms, []time.Duration{0, 0, 0}, 0, 30 * ms},
		{"at the rate, however slow the server is", "100", 4, 0, 1000 * ms,
			[]time.Duration{0, 10 * ms, 20 * ms, 30 * ms}, 0, 1000 * ms},
		{"waiting for a place", "100", 4, 1, 50 * ms,
			[]time.Duration{0, 50 * ms, 100 * ms, 150 * ms}, 3, (150 - 30 + 50) * ms},
		{"late arrivals shift no other", "10", 4, 1, 100 * ms,
			[]time.Duration{0, 100 * ms, 200 * ms, 300 * ms}, 0, 100 * ms},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			o := options(func(o *plan.Options) { o.Connections, o.Concurrency, o.Rate = tt.n, tt.c, tt.rate })
			r, s := perform(t, t.Context(), o, &server{handshake: func(int) (time.Duration, int) { return tt.took, 101 }})
			if !slices.Equal(s.starts, tt.starts) {
				t.Errorf("started after %v, want %v", s.starts, tt.starts)
			}
			if c := r.Counts; c.Opened != int64(tt.n) || c.Late != tt.late || c.LateForLimit != tt.late {
				t.Errorf("%d opened, %d late, %d for the limit; want %d, %d", c.Opened, c.Late, c.LateForLimit, tt.n, tt.late)
			}
			if h := r.Latency[measure.Service].OK; !near(h.Max(), tt.took) {
				t.Errorf("service %v, want %v", h.Max(), tt.took)
			}
			if h := r.Latency[measure.Handshake].OK; !near(h.Max(), tt.handshake) {
				t.Errorf("handshake %v, want %v", h.Max(), tt.handshake)
			}
		})
	}
}

// A server that answers in 1 ms stalls for the second second of three. Arrivals
// come each millisecond, ten at most in flight: the stall is in the service time
// of ten, but the j-th arrival behind its begin waits 1000 - j ms for its end
// and then j/10 ms for those before it.
func TestStallShowsFromTheIntendedStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{}
		s.handshake = func(int) (time.Duration, int) {
			if now := time.Since(s.begin); now >= 1000*ms && now < 2000*ms {
				return 2000*ms - now + ms, 101
			}
			return ms, 101
		}
		o := options(func(o *plan.Options) { o.Connections, o.Concurrency, o.Rate = 3000, 10, "1000" })
		r, _ := perform(t, t.Context(), o, s)
		service, handshake := r.Latency[measure.Service].OK, r.Latency[measure.Handshake].OK
		if r.Counts.Opened != 3000 || !near(service.At(99), ms) || !near(service.Max(), 1001*ms) {
			t.Errorf("%d opened, service p99 %v, max %v; want 1 ms but for ten", r.Counts.Opened, service.At(99), service.Max())
		}
		const p90 = 730 * ms // j = 300: a tenth of all wait longer
		if got := handshake.At(90); got < p90-5*ms || got > p90+5*ms || !near(handshake.Max(), 1001*ms) {
			t.Errorf("handshake p90 %v, max %v; want %v, 1.001s", got, handshake.Max(), p90)
		}
		if late := r.Counts.LateForLimit; late != r.Counts.Late || late < 1000 {
			t.Errorf("%d late, %d for the limit", r.Counts.Late, late)
		}
	})
}

// Of eight connections, two are refused, one is dropped at its third message. The
// server counts the same.
func TestCountsAreTheServers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{
			handshake: func(k int) (time.Duration, int) { return ms, []int{101, 503}[max(k-5, 0)%2] },
			echo:      func(k, seq int) time.Duration { return []time.Duration{ms, -1}[btoi(k == 2 && seq == 2)] },
		}
		o := options(func(o *plan.Options) {
			o.Connections, o.Rate, o.Messages, o.MessageRate, o.PingInterval, o.Hold = 9, "100", 5, 100, 20*ms, time.Second
		})
		r, s := perform(t, t.Context(), o, s)
		c := r.Counts
		if c.Opened != 7 || c.Opened != s.Opened || c.Failed != 2 || c.Failed != s.Refused || c.Dropped != 1 || c.Closed != 6 {
			t.Errorf("counts %+v, server %+v", c, s.Server)
		}
		if c.Sent != 6*5+3 || c.Answered != s.Messages || c.Unanswered != 1 || c.Pings != s.Pings || c.Pongs < c.Pings-2 { // at the end some are on their way
			t.Errorf("counts %+v, server %+v", c, s.Server)
		}
		if s.Closes[1000] != 6 || r.CloseCodes[1000] != 6 {
			t.Errorf("closes %v, server %v", r.CloseCodes, s.Closes)
		}
		if len(r.Failures) != 1 || r.Failures[0].Reason != "status 503" || r.Failures[0].Example.Status != 503 ||
			!slices.Contains(r.Failures[0].Example.Header, measure.Header{Name: "Set-Cookie", Value: "sid=***; Path=/"}) {
			t.Errorf("failures %+v", r.Failures)
		}
	})
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// The server drops everybody at the third message, and refuses the first attempt
// to come back.
func TestReconnect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{
			handshake: func(k int) (time.Duration, int) { return ms, []int{101, 503}[btoi(k >= 4 && k < 8)] },
			echo:      func(k, seq int) time.Duration { return []time.Duration{0, -1}[btoi(k < 4 && seq == 2)] },
		}
		o := options(func(o *plan.Options) {
			o.Connections, o.MessageRate, o.Hold, o.Reconnect, o.CookieJar = 4, 10, 10*time.Second, "100ms:1s", true
		})
		r, s := perform(t, t.Context(), o, s)
		c := r.Counts
		if c.Opened != 4 || c.Dropped != 4 || c.Closed != 4 || c.Failed != 0 ||
			c.Reconnect != (measure.Attempts{Started: 8, Opened: 4, Failed: 4}) || s.Opened != 8 || s.Refused != 4 {
			t.Errorf("counts %+v, server %+v", c, s.Server)
		}
		if c.Answered != s.Messages || c.Answered < 4*80 || c.Unanswered != 4 {
			t.Errorf("%d answered, %d unanswered; the server answered %d", c.Answered, c.Unanswered, s.Messages)
		}
		// Each comes back with the cookie of its first connection, and then with that of
		// the refusal.
		slices.Sort(s.cookies)
		want := []string{"", "", "", "", "sid=0", "sid=1", "sid=2", "sid=3", "sid=no", "sid=no", "sid=no", "sid=no"}
		if !slices.Equal(s.cookies, want) {
			t.Errorf("cookies %q", s.cookies)
		}
	})
}

// What is opened in place of another lives no longer than that would have, and nothing
// is dialled when that is over: a run against a server that refuses or drops ends.
func TestReconnectWithinTheLifetime(t *testing.T) {
	for _, tt := range []struct {
		name      string
		handshake func(k int) (time.Duration, int)
		drops     bool
	}{
		{"refused", func(int) (time.Duration, int) { return 0, 503 }, false},
		{"dropped", func(int) (time.Duration, int) { return 0, 101 }, true},
	} {
		for _, concurrency := range []int{0, 1} {
			bubble(t, fmt.Sprint(tt.name, concurrency), func(t *testing.T) {
				o := options(func(o *plan.Options) {
					o.Connections, o.Concurrency, o.Messages, o.Lifetime, o.Reconnect = 2, concurrency, 5, time.Second, "100ms"
				})
				r, _ := perform(t, t.Context(), o, &server{handshake: tt.handshake, echo: func(_, seq int) time.Duration {
					if tt.drops && seq == 1 {
						time.Sleep(150 * ms)
						return -1
					}
					return 0
				}})
				want := time.Second
				if concurrency == 1 { // one behind the other
					want *= 2 // within 150 ms, for which the server says nothing
				}
				if r.Elapsed > want+150*ms || r.Elapsed < want-150*ms {
					t.Errorf("ended after %v, want %v", r.Elapsed, want)
				}
				if a := r.Counts.Reconnect; a.Started < 2*3 || a.Started > 2*20 {
					t.Errorf("dialled again %+v", a)
				}
			})
		}
	}
	bubble(t, "late", func(t *testing.T) { // dropped after 400 ms, and then left in peace
		o := options(func(o *plan.Options) { o.Connections, o.Messages, o.Lifetime, o.Reconnect = 1, 1, time.Second, "100ms" })
		r, s := perform(t, t.Context(), o, &server{echo: func(k, _ int) time.Duration {
			if k == 0 {
				time.Sleep(400 * ms)
				return -1
			}
			return 0
		}})
		if c := r.Counts; c.Dropped != 1 || c.Reconnect.Opened != 1 || c.Closed != 1 || s.Closes[1000] != 1 || !near(r.Elapsed, time.Second) {
			t.Errorf("after %v: counts %+v", r.Elapsed, c)
		}
	})
}

// A run waits for the messages of a connection until it is dropped, be it dialled again.
func TestReconnectWithMessages(t *testing.T) {
	for _, hold := range []time.Duration{0, time.Second} {
		synctest.Test(t, func(t *testing.T) {
			o := options(func(o *plan.Options) {
				o.Connections, o.Messages, o.MessageRate, o.Reconnect, o.Hold = 5, 20, 100, "100ms", hold
			})
			r, _ := perform(t, t.Context(), o, &server{echo: func(k, seq int) time.Duration { return []time.Duration{0, -1}[btoi(seq == 5)] }})
			want := max(hold, 50*ms)
			if a := r.Counts.Reconnect; r.Elapsed < want || r.Elapsed > want+10*ms || (a.Opened >= 5*4) != (hold > 0) {
				t.Errorf("ended after %v, dialled again %+v", r.Elapsed, a)
			}
		})
	}
}

// A server that answers closes, but slowly: each connection is closed in order, be it that
// there is no time to close some at once until the end.
func TestSlowCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := options(func(o *plan.Options) { o.Connections, o.Concurrency, o.CloseTimeout = 2000, 0, 10*time.Second })
		r, s := perform(t, t.Context(), o, &server{closing: 9900 * ms})
		if c := r.Counts; c.Closed != 2000 || c.Unclean != 0 || s.Closes[1000] != 2000 || r.Elapsed > 40*time.Second {
			t.Errorf("after %v: %+v, server %+v", r.Elapsed, c, s.Server)
		}
	})
}

// What is left of the messages is counted when nothing is opened any more in place of
// the connection: each begins them anew.
func TestNotSentBehindAReconnect(t *testing.T) {
	for _, tt := range []struct {
		again   int // whether it opens again
		notSent int64
	}{{101, 0}, {503, 15}} {
		synctest.Test(t, func(t *testing.T) {
			s := &server{
				handshake: func(k int) (time.Duration, int) { return 0, []int{101, tt.again}[btoi(k > 0)] },
				echo:      func(k, seq int) time.Duration { return []time.Duration{0, -1}[btoi(k == 0 && seq == 4)] },
			}
			o := options(func(o *plan.Options) {
				o.Connections, o.Messages, o.MessageRate, o.Lifetime, o.Reconnect = 1, 20, 100, time.Second, "100ms"
			})
			r, _ := perform(t, t.Context(), o, s)
			if c := r.Counts; c.Dropped != 1 || c.NotSent != tt.notSent || c.Sent != 5+20*c.Reconnect.Opened {
				t.Errorf("%d: counts %+v", tt.again, c)
			}
		})
	}
}

// The time is over while all is being closed: that is no end before its time.
func TestTimeLimitWhileClosing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := options(func(o *plan.Options) { o.Connections, o.MessageRate, o.Hold, o.TimeLimit = 1, 10, 50*ms, 100*ms })
		r, _ := perform(t, t.Context(), o, &server{echo: func(int, int) time.Duration { return 200 * ms }})
		if r.Ended != "" || r.Elapsed < 200*ms || r.Counts.Answered != 1 {
			t.Errorf("%q after %v: %+v", r.Ended, r.Elapsed, r.Counts)
		}
	})
}

func TestTimeLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := options(func(o *plan.Options) { o.Connections, o.Rate, o.Hold, o.TimeLimit = 10, "100", time.Hour, 55*ms })
		r, s := perform(t, t.Context(), o, &server{})
		if r.Ended != errTimeLimit.Error() || r.Interrupted || r.Counts.Opened != 6 || r.Counts.NotStarted != 4 || s.Closes[1000] != 6 || !near(r.Elapsed, 55*ms) {
			t.Errorf("%q after %v, %+v", r.Ended, r.Elapsed, r.Counts)
		}
	})
}

func TestInterrupt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(25*ms, func() { cancel(io.ErrClosedPipe) })
		o := options(func(o *plan.Options) { o.Connections, o.Rate = 10, "100" })
		r, s := perform(t, ctx, o, &server{handshake: func(k int) (time.Duration, int) { return time.Duration(k) * time.Second, 101 }})
		c := r.Counts
		if !r.Interrupted || r.Ended != io.ErrClosedPipe.Error() || c.Opened != 1 || c.Failed != 0 || c.CutOff != 2 || c.NotStarted != 7 || c.Closed != 1 {
			t.Errorf("%q, %+v", r.Ended, c)
		}
		if s.Closes[1000] != 1 || r.Elapsed > 50*ms {
			t.Errorf("closes %v, after %v", s.Closes, r.Elapsed)
		}
	})
}

func TestStopOnFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := options(func(o *plan.Options) { o.Connections, o.Rate, o.StopOnFailures = 1000, "100", "9" })
		r, _ := perform(t, t.Context(), o, &server{handshake: func(k int) (time.Duration, int) { return 0, 401 }})
		if r.Ended != errTooMany.Error() || r.Interrupted || r.Counts.Failed != 10 || r.Counts.NotStarted != 990 {
			t.Errorf("%q, %+v", r.Ended, r.Counts)
		}
		if h := r.Latency[measure.Handshake]; h.OK.Count() != 0 || h.Failed.Count() != 10 {
			t.Errorf("%d latencies of what failed", h.OK.Count())
		}
	})
	synctest.Test(t, func(t *testing.T) { // attempts to dial again are none of them
		o := options(func(o *plan.Options) {
			o.Connections, o.StopOnFailures, o.Reconnect, o.Hold = 9, "9", "100ms", time.Second
		})
		r, _ := perform(t, t.Context(), o, &server{handshake: func(k int) (time.Duration, int) { return 0, 401 }})
		if r.Ended != "" || r.Counts.Failed != 9 || r.Counts.Reconnect.Failed < 9*8 {
			t.Errorf("%q, %+v", r.Ended, r.Counts)
		}
	})
}

// A closed model with a lifetime: two users, one connection behind the other.
func TestClosedModel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := options(func(o *plan.Options) {
			o.Connections, o.Concurrency, o.Lifetime, o.CookieJar = 6, 2, 100*ms, true
		})
		r, s := perform(t, t.Context(), o, &server{})
		want := []time.Duration{0, 0, 100 * ms, 100 * ms, 200 * ms, 200 * ms}
		if !slices.Equal(s.starts, want) || r.Counts.Closed != 6 || s.Peak != 2 {
			t.Errorf("started %v, %+v, peak %d", s.starts, r.Counts, s.Peak)
		}
		slices.Sort(s.cookies)
		if !slices.Equal(s.cookies, []string{"", "", "sid=0", "sid=1", "sid=2", "sid=3"}) {
			t.Errorf("cookies %q", s.cookies)
		}
	})
}

// A server that never answers: the time for a connection is over, be it shorter than
// those for its parts.
func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := options(func(o *plan.Options) { o.Connections, o.Timeout = 2, 300*ms })
		r, _ := perform(t, t.Context(), o, &server{handshake: func(int) (time.Duration, int) { return time.Hour, 101 }})
		if len(r.Failures) != 1 || r.Failures[0].Reason != "handshake: timeout" || r.Counts.Failed != 2 || !near(r.Elapsed, 300*ms) {
			t.Errorf("%v, %+v", r.Elapsed, r.Failures)
		}
	})
}
