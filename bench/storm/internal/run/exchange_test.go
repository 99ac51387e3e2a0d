package run

// Messages, when they are due, and their replies, when they come:
//
//	stalled            a server that stalls for a second
//	TestStall...       what that does to the latencies
//	TestHeldBack...    what is late, and TestNotSent, what is too late
//	TestRepliesInOrder each is compared with its own message
//	TestMute, TestNoReply  none comes, none is awaited
//	TestLifetimeCutsOff
//	Test...UnderWay    the end of a connection, and of the run, before the replies
//	TestWarmUpOfMessages

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
	"github.com/zeroshake/zeroshake/bench/storm/internal/plan"
)

// A stalled is a server that answers at once, but not in the second second.
func stalled() *server {
	s := &server{}
	s.echo = func(int, int) time.Duration {
		if now := time.Since(s.begin); now >= 1000*ms && now < 2000*ms {
			return 2000*ms - now
		}
		return 0
	}
	return s
}

// One connection sends a message each 10 ms, three seconds long, to a server that
// answers at once, but stalls for the second second. The load does not change: the
// message due j periods behind the begin of the stall is sent then, and waits
// 1000 - 10j ms, from when it was due and from when it was sent.
func TestStallShowsInMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := options(func(o *plan.Options) { o.Connections, o.Messages, o.MessageRate, o.EchoCheck = 1, 300, 100, true })
		r, _ := perform(t, t.Context(), o, stalled())
		if c := r.Counts; c.Sent != 300 || c.Answered != 300 {
			t.Errorf("counts %+v", c)
		}
		for i, want := range [][2]int64{{100, 100}, {100, 0}, {100, 200}} {
			if c := r.Series.Rows[i].Counts; c.Sent != want[0] || c.Answered != want[1] {
				t.Errorf("second %d: %d sent, %d answered, want %v", i, c.Sent, c.Answered, want)
			}
		}
		// 100 of 300 wait 10, 20, ... 1000 ms.
		for q, want := range map[float64]time.Duration{66: 0, 75: 250 * ms, 90: 700 * ms, 99: 970 * ms, 100: 1000 * ms} {
			for _, phase := range []measure.Phase{measure.Message, measure.MessageService} {
				if got := r.Latency[phase].OK.At(q); (got - want).Abs() > 10*ms+want/1000 {
					t.Errorf("%s: p%v is %v, want %v", phase, q, got, want)
				}
			}
		}
	})
}

// Without a rate, a message is sent when the one before is answered: the stall is
// in one of them.
func TestStallWithoutARate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stalled()
		at := s.echo
		s.echo = func(k, seq int) time.Duration { return max(at(k, seq), 10*ms) }
		o := options(func(o *plan.Options) { o.Connections, o.Messages, o.EchoCheck = 1, 200, true })
		r, _ := perform(t, t.Context(), o, s)
		for _, phase := range []measure.Phase{measure.Message, measure.MessageService} {
			if h := r.Latency[phase].OK; h.Count() != 200 || !near(h.At(99), 10*ms) || !near(h.Max(), 1000*ms) {
				t.Errorf("%s: %d, p99 %v, max %v; want one of 1 s", phase, h.Count(), h.At(99), h.Max())
			}
		}
	})
}

// A message is due each half of a millisecond: in the stall 1024 are sent, the
// others are held back to its end. All of the 2000 wait for it from when they were
// due, but only those from when they were sent.
func TestHeldBackForReplies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := options(func(o *plan.Options) { o.Connections, o.Messages, o.MessageRate, o.Size = 1, 6000, 2000, 1 })
		r, s := perform(t, t.Context(), o, stalled())
		const late = 2000 - 1024 - 20 // those of the last 10 ms are in time
		if c := r.Counts; c.Sent != 6000 || c.Answered != 6000 || s.Messages != 6000 || c.SentLate != late || c.SentLateForLimit != late || c.NotSent != 0 {
			t.Errorf("counts %+v; want %d late", c, late)
		}
		if c := r.Series.Rows[1].Counts; c.Sent != 1024 || c.Answered != 0 {
			t.Errorf("%d sent in the stall, %d answered", c.Sent, c.Answered)
		}
		due, service := r.Latency[measure.Message].OK, r.Latency[measure.MessageService].OK
		for _, tt := range []struct {
			h    *measure.Histogram
			q    float64
			want time.Duration
		}{
			{due, 66, 0}, {due, 75, 250 * ms}, {due, 90, 700 * ms}, {due, 100, 1000 * ms},
			{service, 82.9, 0}, {service, 83, 489 * ms}, {service, 90, 700 * ms}, {service, 100, 1000 * ms}, // 1024 of 6000: the longest
		} {
			if got := tt.h.At(tt.q); (got - tt.want).Abs() > ms+tt.want/500 {
				t.Errorf("p%v is %v, want %v", tt.q, got, tt.want)
			}
		}
	})
}

// A server that does not read: of the 100 messages of the stall, with 1008 octets
// each, one is being written and 65 are queued.
func TestHeldBackForTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := options(func(o *plan.Options) {
			o.Connections, o.Messages, o.MessageRate, o.Size, o.EchoCheck = 1, 300, 100, 1000, true
		})
		r, s := perform(t, t.Context(), o, stalled())
		if c := r.Counts; c.Sent != 300 || c.Answered != 300 || s.Messages != 300 || c.SentLate < 30 || c.SentLate > 36 || c.SentLateForLimit != c.SentLate {
			t.Errorf("counts %+v", c)
		}
		if h := r.Latency[measure.Message].OK; !near(h.Max(), 1000*ms) || (h.At(90)-700*ms).Abs() > 11*ms {
			t.Errorf("p90 %v, max %v", h.At(90), h.Max())
		}
	})
}

// A server that never answers: what was under way is not answered, and what was
// held back at the end of the connection is not sent.
func TestNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := options(func(o *plan.Options) { o.Connections, o.MessageRate, o.Size, o.Lifetime = 2, 2000, 1, time.Second })
		r, _ := perform(t, t.Context(), o, &server{echo: func(int, int) time.Duration { return time.Hour }})
		if c := r.Counts; c.Sent != 2*1024 || c.Unanswered != 2*1024 || c.NotSent != 2*(2001-1024) || c.Dropped != 2 {
			t.Errorf("counts %+v", c)
		}
	})
}

// Each reply is compared with its own message, be it that all ten are sent before the
// first is answered. Behind a wrong one they are sent as before.
func TestRepliesInOrder(t *testing.T) {
	payload := filepath.Join(t.TempDir(), "payload")
	if err := os.WriteFile(payload, []byte("{{conn}}, {{seq}}"), 0o666); err != nil {
		t.Fatal(err)
	}
	lie := func(_, seq int, p []byte) []byte {
		if seq == 3 {
			p[0] = '!'
		}
		return p
	}
	lose := func(_, seq int, p []byte) []byte {
		if seq == 3 {
			return nil
		}
		return p
	}
	for _, tt := range []struct {
		name                              string
		first                             time.Duration // takes the first reply
		says                              func(k, seq int, p []byte) []byte
		sent, answered, wrong, unanswered int64 // of each connection
	}{
		{"right", 20 * ms, nil, 10, 10, 0, 0},
		{"a wrong one", 20 * ms, lie, 10, 9, 1, 0},
		{"one is lost", 20 * ms, lose, 10, 9, 0, 1},
		{"a wrong one in between", 5500 * time.Microsecond, lie, 10, 9, 1, 0},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			o := options(func(o *plan.Options) {
				o.Connections, o.Messages, o.MessageRate, o.Payload, o.EchoCheck, o.Lifetime = 2, 10, 1000, payload, true, 0
			})
			r, s := perform(t, t.Context(), o, &server{says: tt.says, echo: func(_, seq int) time.Duration {
				if seq == 0 {
					return tt.first
				}
				return 0
			}})
			c := r.Counts
			if c.Sent != 2*tt.sent || c.Answered != 2*tt.answered || c.Wrong != 2*tt.wrong || c.Unanswered != 2*tt.unanswered ||
				c.Answered+c.Wrong != s.Messages || c.Unasked != 0 || c.Closed != 2 {
				t.Errorf("counts %+v, server %+v", c, s.Server)
			}
		})
	}
}

// A server that does not answer the third message of the first connection: that is
// closed when the time for the reply is over, in order, and dropped as the figures have
// it. Nothing more is sent on it, and the others are not concerned.
func TestMute(t *testing.T) {
	for _, rate := range []float64{0, 100} {
		synctest.Test(t, func(t *testing.T) {
			o := options(func(o *plan.Options) {
				o.Connections, o.Rate, o.Messages, o.MessageRate, o.ReplyTimeout, o.Hold = 3, "1000", 20, rate, 500*ms, 50*ms
			})
			r, s := perform(t, t.Context(), o, &server{says: func(k, seq int, p []byte) []byte {
				if k == 0 && seq >= 2 {
					return nil
				}
				return p
			}})
			sent := int64(3)
			if rate > 0 {
				sent = 20
			}
			c := r.Counts
			if c.Sent != sent+40 || c.Answered != 42 || c.Unanswered != sent-2 || c.NotSent != 20-sent || c.Dropped != 1 || c.Closed != 2 || c.Unclean != 0 {
				t.Errorf("rate %v: counts %+v", rate, c)
			}
			if len(r.Drops) != 1 || r.Drops[0].Reason != "no reply to a message" || s.Closes[1000] != 3 {
				t.Errorf("rate %v: drops %+v, server %+v", rate, r.Drops, s.Server)
			}
			if want := time.Duration(rate/5*float64(ms)) + 500*ms; !near(r.Elapsed, want) { // the third is sent after 20 ms, with a rate
				t.Errorf("rate %v: ended after %v, want %v", rate, r.Elapsed, want)
			}
		})
	}
}

// The time for a reply is counted anew for each, although the loop is told of it but
// once in that time.
func TestSlowReplies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := options(func(o *plan.Options) { o.Connections, o.Messages, o.ReplyTimeout = 1, 20, 500*ms })
		r, _ := perform(t, t.Context(), o, &server{echo: func(_, seq int) time.Duration {
			if seq == 18 {
				return time.Second
			}
			return 499 * ms
		}})
		if c := r.Counts; c.Sent != 19 || c.Answered != 19 || c.Dropped != 1 || !near(r.Elapsed, (18*499+1000)*ms) {
			t.Errorf("after %v: counts %+v", r.Elapsed, c)
		}
	})
}

// No reply is awaited: all is sent, as fast as the server reads or at its rate, and
// none is missed; what comes nevertheless is counted.
func TestNoReply(t *testing.T) {
	for _, rate := range []float64{0, 100} {
		for _, lifetime := range []time.Duration{plan.Unset, 0, time.Second} {
			synctest.Test(t, func(t *testing.T) {
				o := options(func(o *plan.Options) {
					o.Connections, o.Messages, o.MessageRate, o.NoReply, o.Lifetime, o.ReplyTimeout = 2, 100, rate, true, lifetime, 10*ms
				})
				r, s := perform(t, t.Context(), o, &server{says: func(_, seq int, p []byte) []byte {
					if seq == 7 {
						return p
					}
					return nil
				}})
				c := r.Counts
				if c.Sent != 200 || c.Answered != 0 || c.Unanswered != 0 || c.NotSent != 0 || c.Unasked != 2 || c.Dropped != 0 || s.Closes[1000] != 2 {
					t.Errorf("rate %v, lifetime %v: counts %+v, server %+v", rate, lifetime, c, s.Server)
				}
				want := max(lifetime, 0)
				if rate > 0 {
					want = max(want, 990*ms)
				}
				if !near(r.Elapsed, want) {
					t.Errorf("rate %v, lifetime %v: ended after %v", rate, lifetime, r.Elapsed)
				}
				if got := r.MessageRate(); rate > 0 && (got < 190 || got > 210) {
					t.Errorf("%v messages a second", got)
				}
				if err := r.Check(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// A server that does not read, while no reply is awaited: 64 KiB are queued, and then it
// has as long as for a reply.
func TestNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := options(func(o *plan.Options) {
			o.Connections, o.Messages, o.MessageRate, o.Size, o.NoReply, o.ReplyTimeout = 1, 300, 1000, 1000, true, 500*ms
		})
		r, _ := perform(t, t.Context(), o, &server{echo: func(int, int) time.Duration { return 3 * time.Second }})
		c := r.Counts
		if c.Sent < 60 || c.Sent > 70 || c.NotSent != 300-c.Sent || c.Dropped != 1 || len(r.Drops) != 1 || r.Drops[0].Reason != "messages are not read" {
			t.Errorf("counts %+v, drops %+v", c, r.Drops)
		}
		if r.Elapsed < 500*ms || r.Elapsed > 2*time.Second {
			t.Errorf("ended after %v", r.Elapsed)
		}
	})
}

// Of twenty messages, all different, those from first on are lost, so many, and what comes
// in between is another: the next replies are known all the same, unless too many are
// lost.
func TestLostReplies(t *testing.T) {
	payload := filepath.Join(t.TempDir(), "payload")
	if err := os.WriteFile(payload, []byte("{{seq}}"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		lost, lies                  int
		answered, wrong, unanswered int64
	}{{0, 0, 200, 0, 0}, {64, 0, 136, 0, 64}, {65, 0, 10, 125, 65}, {5, 1, 194, 1, 5}} {
		synctest.Test(t, func(t *testing.T) {
			o := options(func(o *plan.Options) {
				o.Connections, o.Messages, o.MessageRate, o.Payload, o.EchoCheck = 1, 200, 10000, payload, true
			})
			r, _ := perform(t, t.Context(), o, &server{
				echo: func(_, seq int) time.Duration { return time.Duration(btoi(seq == 0)) * 100 * ms }, // so that all are sent
				says: func(_, seq int, p []byte) []byte {
					switch {
					case seq >= 10 && seq < 10+tt.lost:
						return nil
					case seq >= 100 && seq < 100+tt.lies:
						return []byte("another")
					}
					return p
				},
			})
			if c := r.Counts; c.Answered != tt.answered || c.Wrong != tt.wrong || c.Unanswered != tt.unanswered {
				t.Errorf("%d lost: %+v", tt.lost, c)
			}
		})
	}
}

// When a lifetime is over a reply has its whole time, and at the end of the run that of a
// close.
func TestRepliesAtTheEnd(t *testing.T) {
	for _, tt := range []struct {
		lifetime, hold time.Duration
		answered       int64
		took           time.Duration
	}{{time.Second, 0, 1, 4500 * ms}, {plan.Unset, time.Second, 0, 2 * time.Second}} {
		synctest.Test(t, func(t *testing.T) {
			o := options(func(o *plan.Options) {
				o.Connections, o.MessageRate, o.Lifetime, o.Hold, o.ReplyTimeout = 1, 0.1, tt.lifetime, tt.hold, 5*time.Second
			})
			r, _ := perform(t, t.Context(), o, &server{echo: func(int, int) time.Duration { return 4500 * ms }})
			if c := r.Counts; c.Sent != 1 || c.Answered != tt.answered || c.Closed != 1 || r.Elapsed < tt.took || r.Elapsed > tt.took+1100*ms {
				t.Errorf("after %v: %+v", r.Elapsed, c)
			}
		})
	}
}

// A lifetime that is over before the messages are sent: those that are left count.
func TestLifetimeCutsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := options(func(o *plan.Options) { o.Connections, o.Messages, o.Lifetime = 2, 100, 95*ms })
		r, _ := perform(t, t.Context(), o, &server{echo: func(int, int) time.Duration { return 10 * ms }})
		if c := r.Counts; c.Sent != 20 || c.Answered != 20 || c.NotSent != 180 || c.Closed != 2 {
			t.Errorf("counts %+v", c)
		}
	})
}

// The server drops the connection while five messages are under way. What is said
// when it is there again begins anew.
func TestReconnectWhileUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{echo: func(k, seq int) time.Duration {
			switch {
			case k > 0:
				return 9 * ms
			case seq == 5:
				time.Sleep(45 * ms)
				return -1
			}
			return 0
		}}
		o := options(func(o *plan.Options) {
			o.Connections, o.MessageRate, o.Hold, o.Reconnect, o.EchoCheck = 1, 100, time.Second, "100ms:1s", true
		})
		r, s := perform(t, t.Context(), o, s)
		c := r.Counts
		if c.Dropped != 1 || c.Reconnect.Opened != 1 || c.Unanswered != 5 || c.Answered != s.Messages || c.Answered < 5+70 || c.Wrong != 0 {
			t.Errorf("counts %+v, server %+v", c, s.Server)
		}
		if h := r.Latency[measure.Message].OK; !near(h.Max(), 9*ms) {
			t.Errorf("message max %v", h.Max())
		}
	})
}

// What is under way when the run is interrupted is waited for before the close, which
// has its own time, and nothing more is sent.
func TestInterruptWhileUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(105*ms, cancel)
		o := options(func(o *plan.Options) {
			o.Connections, o.Messages, o.MessageRate, o.Hold, o.CloseTimeout = 3, 1000, 100, time.Minute, 600*ms
		})
		r, s := perform(t, ctx, o, &server{echo: func(_, seq int) time.Duration {
			if seq == 3 {
				return time.Second
			}
			return 0
		}})
		if c := r.Counts; c.Sent != 3*11 || c.Answered != 3*11 || s.Messages != 3*11 || c.Closed != 3 || !near(r.Elapsed, 1030*ms) {
			t.Errorf("after %v: counts %+v, server %+v", r.Elapsed, c, s.Server)
		}
	})
}

// A message belongs to the warm-up if it was due within it, whenever it is answered.
func TestWarmUpOfMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := options(func(o *plan.Options) { o.Connections, o.Messages, o.MessageRate, o.Warmup = 1, 100, 100, 505*ms })
		r, _ := perform(t, t.Context(), o, &server{echo: func(_, seq int) time.Duration {
			if seq == 40 {
				return 300 * ms
			}
			return 0
		}})
		if c, w := r.Counts, r.WarmUp; w.Sent != 51 || w.Answered != 51 || c.Sent != 49 || c.Answered != 49 {
			t.Errorf("counts %+v, of the warm-up %+v", c, w)
		}
		if h := r.Latency[measure.Message].OK; !near(h.Max(), 190*ms) { // due after 510 ms, answered after 700 ms
			t.Errorf("max %v", h.Max())
		}
	})
}
