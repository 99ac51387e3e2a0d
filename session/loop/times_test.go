package loop_test

// Times, exact to the nanosecond: in a bubble of package synctest, over pipes.
//
//	TestTimes      deadlines, pings and closes
//	TestTimesTLS   what TLS takes of HandshakeTimeout
//	TestTimesPhase Opening.Timing
//	TestTimesStop  how long the end of a Group takes
//	TestTimesWake  At and Wake

import (
	"context"
	"crypto/tls"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

func TestTimes(t *testing.T) {
	const late = "loop: no answer within the time for the handshake"
	for _, row := range []struct {
		name       string
		config     loop.Config
		connecting time.Duration
		script     func(*peer)
		opened     func(*loop.Loop, loop.Conn)
		want       []string
	}{
		{"connecting", loop.Config{}, time.Hour, silent, nil,
			[]string{"10s failed: connect: loop: no connection within the time for it"}},
		{"connecting, another time", loop.Config{ConnectTimeout: 3 * time.Second, HandshakeTimeout: time.Second}, time.Hour, silent, nil,
			[]string{"3s failed: connect: loop: no connection within the time for it"}},
		{"the handshake has a time of its own", loop.Config{HandshakeTimeout: 4 * time.Second}, 9 * time.Second, silent, nil,
			[]string{"13s failed: response: " + late}},
		{"a request that nobody reads", loop.Config{}, time.Second, func(p *peer) { time.Sleep(time.Minute) }, nil,
			[]string{"11s failed: response: " + late}},
		{"a head in parts gets no more time", loop.Config{}, 0, func(p *peer) {
			for _, b := range p.head() {
				time.Sleep(3 * time.Second)
				if _, err := p.Write([]byte{b}); err != nil {
					return
				}
			}
		}, nil, []string{"10s failed: response: " + late}},
		{"just in time", loop.Config{CloseTimeout: time.Second}, 10*time.Second - 1, func(p *peer) {
			time.Sleep(10*time.Second - 1)
			p.upgrade()
			silent(p)
		}, closeNow, []string{"19.999999998s opened", "20.999999998s closed 1006: loop: no close from the server within the time for it"}},
		{"no bound", loop.Config{ConnectTimeout: -1, HandshakeTimeout: -1}, time.Hour, func(p *peer) {
			time.Sleep(time.Hour)
			p.upgrade(frame(0x88, nil)...)
			p.next()
		}, nil, []string{"2h0m0s opened", "2h0m0s closed 1005: <nil>"}},

		{"pings", loop.Config{PingInterval: 20 * time.Second, PingTimeout: 5 * time.Second}, time.Second, pongs(3, 0), nil, []string{
			"1s opened", "21s pong after 0s", "41s pong after 0s", "1m1s pong after 0s",
			"1m26s closed 1006: loop: no answer to a ping within the time for it"}},
		{"pongs that take a while", loop.Config{PingInterval: 20 * time.Second, PingTimeout: 5 * time.Second}, 0, pongs(2, 4*time.Second), nil, []string{
			"0s opened", "24s pong after 4s", "44s pong after 4s", "1m5s closed 1006: loop: no answer to a ping within the time for it"}},
		{"a pong has an interval by default", loop.Config{PingInterval: 20 * time.Second}, 0, pongs(1, 19*time.Second), nil, []string{
			"0s opened", "39s pong after 19s", "1m0s closed 1006: loop: no answer to a ping within the time for it"}},
		{"pongs slower than pings", loop.Config{PingInterval: 10 * time.Second, PingTimeout: 25 * time.Second}, 0, pongs(2, 15*time.Second), nil, []string{
			"0s opened", "25s pong after 15s", "40s pong after 15s", "1m5s closed 1006: loop: no answer to a ping within the time for it"}},
		{"a ping on demand", loop.Config{PingTimeout: 7 * time.Second}, 0, pongs(0, 0), func(l *loop.Loop, c loop.Conn) {
			l.At(time.Now().Add(time.Minute), func() { l.Ping(c.Handle) })
		}, []string{"0s opened", "1m7s closed 1006: loop: no answer to a ping within the time for it"}},
		{"a ping on demand, without a bound", loop.Config{}, 0, pongs(1, time.Hour), func(l *loop.Loop, c loop.Conn) {
			l.Ping(c.Handle)
			l.At(time.Now().Add(2*time.Hour), func() { l.Drop(c.Handle) })
		}, []string{"0s opened", "1h0m0s pong after 1h0m0s", "2h0m0s closed 1006: loop: dropped by this side"}},
		{"a ping that a busy loop sends late", loop.Config{PingInterval: 10 * time.Second, PingTimeout: 2 * time.Second}, 0, pongs(1, time.Second), func(l *loop.Loop, c loop.Conn) {
			busy := func() { time.Sleep(3 * time.Second) }
			l.At(time.Now().Add(8*time.Second), busy)
			l.At(time.Now().Add(9*time.Second), busy)
		}, []string{"0s opened", "15s pong after 1s", "26s closed 1006: loop: no answer to a ping within the time for it"}},
		{"a pong that a busy loop sees late", loop.Config{PingInterval: 10 * time.Second, PingTimeout: 2 * time.Second}, 0, pongs(1, time.Second), func(l *loop.Loop, c loop.Conn) {
			l.At(time.Now().Add(10*time.Second+1), func() {
				for range 1000 {
					l.Post(func() { time.Sleep(10 * time.Millisecond) })
				}
			})
		}, []string{"0s opened", "12.560000001s pong after 2.560000001s", "22.000000001s closed 1006: loop: no answer to a ping within the time for it"}},
		{"messages and other pongs answer no ping", loop.Config{PingInterval: 4 * time.Second, PingTimeout: 2 * time.Second}, 0, func(p *peer) {
			p.upgrade()
			go silent(p)
			for range 7 {
				time.Sleep(1400 * time.Millisecond)
				p.Write(append(frame(0x8a, []byte("12345678")), frame(0x82, []byte("m"))...))
			}
		}, nil, []string{"0s opened", `1.4s message "m"`, `2.8s message "m"`, `4.2s message "m"`, `5.6s message "m"`, "6s closed 1006: loop: no answer to a ping within the time for it"}},

		{"a close that is not answered", loop.Config{PingInterval: time.Second}, 0, func(p *peer) {
			p.upgrade()
			go silent(p)
			time.Sleep(4 * time.Second)
			p.Write(frame(0x82, []byte("still")))
			time.Sleep(time.Hour)
		}, closeNow, []string{"0s opened", `4s message "still"`, "5s closed 1006: loop: no close from the server within the time for it"}},
		{"a close that is answered late", loop.Config{}, 0, func(p *peer) {
			p.upgrade()
			p.next()
			time.Sleep(4 * time.Second)
			p.Write(frame(0x88, []byte("\x03\xe8")))
		}, closeNow, []string{"0s opened", "4s closed 1000: <nil>"}},
		{"a server that closes, and does not end the stream", loop.Config{}, 0, func(p *peer) {
			p.upgrade(frame(0x88, []byte("\x03\xe9"))...)
			silent(p)
		}, nil, []string{"0s opened", "1s closed 1001: <nil>"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				stop := pipes(&row.config, row.connecting, row.script)
				d := diary{opened: row.opened}
				g := d.begin(t, t.Context(), row.config)
				g.Dial(endpoint(t, "ws://pipe.test/", session.Offer{}), 0)
				<-d.over
				g.Close()
				stop()
				d.check(t, row.want...)
			})
		})
	}
}

// HandshakeTimeout is for TLS and the response together.
func TestTimesTLS(t *testing.T) {
	server, client := certificate(t)
	client.ServerName = "example.com"
	for _, row := range []struct {
		name   string
		script func(*peer)
		want   string
	}{
		{"no TLS", silent, "12s failed: tls: loop: no answer within the time for the handshake"},
		{"slow TLS, then silence", func(p *peer) {
			time.Sleep(6 * time.Second)
			secure(server, silent)(p)
		}, "12s failed: response: loop: no answer within the time for the handshake"},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var cfg loop.Config
				stop := pipes(&cfg, 2*time.Second, row.script)
				var d diary
				g := d.begin(t, t.Context(), cfg)
				e := trustingEndpoint(t, "wss://example.com/", untimed(client))
				g.Dial(e, 0)
				<-d.over
				g.Close()
				stop()
				d.check(t, row.want)
			})
		})
	}
}

// untimed trusts a certificate whatever the time is: that of a bubble is long past.
func untimed(c *tls.Config) *tls.Config {
	c = c.Clone()
	c.Time = func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }
	return c
}

// Each phase is timed where it ends.
func TestTimesPhase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var cfg loop.Config
		stop := pipes(&cfg, 2*time.Second, func(p *peer) {
			h := p.head()
			time.Sleep(3 * time.Second)
			p.Write(h[:10])
			time.Sleep(4 * time.Second)
			p.Write(append(h[10:], frame(0x88, nil)...))
			p.next()
		})
		var d diary
		g := d.begin(t, t.Context(), cfg)
		g.Dial(endpoint(t, "ws://pipe.test/", session.Offer{}), 0)
		<-d.over
		g.Close()
		stop()
		tm := d.timing
		for _, at := range []struct {
			name string
			at   time.Time
			want time.Duration
		}{
			{"start", tm.Start, 0}, {"connected", tm.Connected, 2 * time.Second}, {"written", tm.Written, 2 * time.Second},
			{"first octet", tm.FirstByte, 5 * time.Second}, {"done", tm.Done, 9 * time.Second},
		} {
			if got := at.at.Sub(d.start); got != at.want {
				t.Errorf("%s at %v, want %v", at.name, got, at.want)
			}
		}
		if !tm.TLSDone.IsZero() {
			t.Error("there was no TLS")
		}
	})
}

// The end of a context gives CloseTimeout to what is open, no time to what is not,
// and no more to what is closing.
func TestTimesStop(t *testing.T) {
	for _, row := range []struct {
		name   string
		script func(*peer)
		opened func(*loop.Loop, loop.Conn)
		want   string
	}{
		{"answered", echo, nil, "2.5s closed 1001: <nil>"},
		{"not answered", pongs(0, 0), nil, "4.5s closed 1006: loop: no close from the server within the time for it"},
		{"closing since 1s", pongs(0, 0), func(l *loop.Loop, c loop.Conn) {
			l.At(time.Now().Add(time.Second), func() { closeNow(l, c) })
		}, "3s closed 1006: loop: no close from the server within the time for it"},
		{"the stream does not end", func(p *peer) {
			p.upgrade()
			_, payload, _ := p.next()
			p.Write(frame(0x88, payload))
			silent(p)
		}, nil, "3.5s closed 1001: <nil>"},
		{"not open", silent, nil, "2.5s failed: response: loop: stopped by this side"},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := loop.Config{CloseTimeout: 2 * time.Second}
				stop := pipes(&cfg, 0, row.script)
				ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
				defer cancel()
				d := diary{opened: row.opened}
				g := d.begin(t, ctx, cfg)
				g.Dial(endpoint(t, "ws://pipe.test/", session.Offer{}), 0)
				g.Wait()
				if took, _, _ := strings.Cut(row.want, " "); time.Since(d.start).String() != took {
					t.Errorf("the Group ended after %v", time.Since(d.start))
				}
				stop()
				if len(d.lines) > 0 && d.lines[0] == "0s opened" {
					d.lines = d.lines[1:]
				}
				d.check(t, row.want)
			})
		})
	}
}

// At and Wake are called when it is time, and not at all when that is put off.
func TestTimesWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var cfg loop.Config
		stop := pipes(&cfg, 0, pongs(0, 0))
		var d diary
		d.opened = func(l *loop.Loop, c loop.Conn) {
			at := func(after time.Duration, f func()) { l.At(d.start.Add(after), f) }
			wake := func(after time.Duration) { l.Wake(c.Handle, d.start.Add(after)) }
			at(5*time.Second, func() { d.note("at 5s") })
			at(3*time.Second, func() { d.note("at 3s") })
			at(3*time.Second, func() {
				d.note("at 3s again")
				at(time.Second, func() { d.note("what is past, soon") })
			})
			at(-time.Hour, func() { d.note("long past, soon") })
			wake(time.Second)
			wake(4 * time.Second) // in place of the one before
			at(6*time.Second, func() {
				wake(10 * time.Second)
				l.Wake(c.Handle, time.Time{})
			})
			at(11*time.Second, func() { wake(time.Second) })
			at(20*time.Second, func() { // a loop that is held up catches up in order
				at(22*time.Second, func() { d.note("at 22s") })
				wake(23 * time.Second)
				at(24*time.Second, func() { d.note("at 24s") })
				time.Sleep(5 * time.Second)
			})
			at(30*time.Second, func() {
				wake(31 * time.Second)
				l.Drop(c.Handle)
			})
			at(time.Hour, func() { t.Error("called behind the end") })
		}
		g := d.begin(t, t.Context(), cfg)
		g.Dial(endpoint(t, "ws://pipe.test/", session.Offer{}), 0)
		<-d.over
		time.Sleep(5 * time.Second)
		g.Close()
		stop()
		time.Sleep(2 * time.Hour)
		d.check(t, "0s opened", "1ns long past, soon", "3s at 3s", "3s at 3s again", "3.000000001s what is past, soon", "4s wake", "5s at 5s",
			"11.000000001s wake", "25s at 22s", "25s wake", "25s at 24s", "30s closed 1006: loop: dropped by this side")
	})
}
