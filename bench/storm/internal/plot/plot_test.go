package plot

import (
	"math"
	"slices"
	"testing"
)

func square() *Plot {
	return &Plot{X: Linear(10, Count), Y: Linear(10, Count)}
}

func TestAdd(t *testing.T) {
	nan := math.NaN()
	for _, tt := range []struct {
		name   string
		pieces []Piece
		path   string
		at     float64
	}{
		{"nothing", nil, "", 0},
		{"no level", []Piece{{0, 10, nan}}, "", 0},
		{"one", []Piece{{0, 10, 5}}, "M0 500H1000", 50},
		{"up", []Piece{{0, 5, 0}, {5, 10, 10}}, "M0 1000H500V0H1000", 0},
		{"the same again", []Piece{{0, 2, 1}, {2, 4, 1}, {4, 6, 1}}, "M0 900H600", 90},
		{"a gap", []Piece{{0, 2, 1}, {2, 4, nan}, {4, 6, 1}}, "M0 900H200M400 900H600", 90},
		{"a piece left out", []Piece{{0, 2, 1}, {4, 6, 1}}, "M0 900H200M400 900H600", 90},
		{"the end is a gap", []Piece{{0, 2, 3}, {2, 4, nan}}, "M0 700H200", 70},
		{"the end is too short", []Piece{{0, 2, 3}, {2, 2.001, 9}}, "M0 700H200", 70},
		{"nothing but that", []Piece{{2, 2.001, 9}}, "", 0},
		{"outside", []Piece{{-5, 20, 99}}, "M0 0H1000", 0},
	} {
		p := square()
		p.Add("name", "kind", tt.pieces)
		switch {
		case tt.path == "" && len(p.Lines) > 0:
			t.Errorf("%s: %q", tt.name, p.Lines[0].Path)
		case tt.path != "" && (len(p.Lines) != 1 || p.Lines[0] != (Line{"name", "kind", tt.path, tt.at})):
			t.Errorf("%s: %+v, want %q at %v", tt.name, p.Lines, tt.path, tt.at)
		}
	}
}

func TestSpread(t *testing.T) {
	for _, tt := range []struct{ at, want []float64 }{
		{nil, nil},
		{[]float64{20, 50}, []float64{20, 50}},
		{[]float64{50, 50, 50}, []float64{50, 57, 64}},
		{[]float64{52, 50}, []float64{57, 50}},
		{[]float64{99, 100, 0}, []float64{93, 100, 0}},
		{[]float64{100, 100}, []float64{93, 100}},
	} {
		p := square()
		for _, at := range tt.at {
			p.Lines = append(p.Lines, Line{At: at})
		}
		p.Spread(7)
		var got []float64
		for _, l := range p.Lines {
			got = append(got, l.At)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%v: %v, want %v", tt.at, got, tt.want)
		}
	}
}
