// Package plot lays lines out in an area whose size nobody knows yet: a page that
// is as wide as a phone or a wall. Positions are in percent of the area, from its
// left and from its top, as SVG takes them. How wide a line is and how large a
// letter is up to the page.
//
//	plot.go  Plot and its Lines
//	axis.go  Axis: where values are, and where its ticks
//	ticks.go what ticks say
package plot

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// A Plot is lines over common axes.
type Plot struct {
	X, Y  Axis
	Lines []Line
}

// A Line is one of them, laid out.
type Line struct {
	Name string
	Kind string  // what a page styles it by
	Path string  // of SVG, in an area of Size by Size
	At   float64 // where its name stands at the right, from the top, clear of others
}

// Size is that of the area of a Path.
const Size = 1000

// A Piece is a level from one place of the horizontal axis to another. NaN is no
// level: the line has a gap there.
type Piece struct{ From, To, Level float64 }

// Add draws a line of pieces, in order from left to right. It draws none if they
// have no level at all.
func (p *Plot) Add(name, kind string, pieces []Piece) {
	path, end, ok := p.path(pieces)
	if ok {
		p.Lines = append(p.Lines, Line{name, kind, path, end})
	}
}

// path draws levels, and lines up and down where one follows another. end is the
// last level, from the top.
func (p *Plot) path(pieces []Piece) (path string, end float64, ok bool) {
	var b []byte
	command := func(c byte, values ...int) {
		b = append(b, c)
		for i, v := range values {
			if i > 0 {
				b = append(b, ' ')
			}
			b = strconv.AppendInt(b, int64(v), 10)
		}
	}
	x, y, to := 0, 0, 0 // of the level that has begun at x
	drawing := false
	finish := func() {
		if drawing && to > x {
			command('H', to)
		}
		drawing = false
	}
	for _, piece := range pieces {
		if math.IsNaN(piece.Level) {
			finish()
			continue
		}
		level := 100 - p.Y.At(piece.Level)
		from, until, next := onGrid(p.X.At(piece.From)), onGrid(p.X.At(piece.To)), onGrid(level)
		switch {
		case until == from: // too short to be seen
			continue
		case !drawing || from > to:
			finish()
			command('M', from, next)
		case next != y:
			if from > x {
				command('H', from)
			}
			command('V', next)
		default:
			from = x
		}
		x, y, to, drawing = from, next, until, true
		end, ok = level, true
	}
	finish()
	return string(b), end, ok
}

func onGrid(percent float64) int { return int(math.Round(percent * Size / 100)) }

// Spread moves names that are nearer to each other than apart, in percent of the
// height, as little as keeps them in order and within the area.
func (p *Plot) Spread(apart float64) {
	order := make([]*Line, len(p.Lines))
	for i := range p.Lines {
		order[i] = &p.Lines[i]
	}
	slices.SortStableFunc(order, func(a, b *Line) int { return cmp.Compare(a.At, b.At) })
	least := 0.0
	for _, l := range order {
		l.At = max(l.At, least)
		least = l.At + apart
	}
	most := 100.0
	for _, l := range slices.Backward(order) {
		l.At = min(l.At, most)
		most = l.At - apart
	}
}
