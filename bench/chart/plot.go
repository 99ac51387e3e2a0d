package main

// A table drawn: the themes, then plot, and behind it its labels, its axes and
// its colours.

import (
	"bytes"
	"fmt"
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// In points, of which three are four pixels.
const (
	width     = vg.Length(600)
	rowHeight = vg.Length(19)
	fontSize  = vg.Length(10)
	margin    = vg.Length(10)
)

// A theme is the colours of a page.
type theme struct {
	name            string
	page, ink, grid color.Color
	shapes          []color.Color
}

// The pages are GitHub's; the colours of shapes are told apart with any eyes,
// after Okabe and Ito, lighter on the dark page.
var (
	light = theme{"light", rgb(0xffffff), rgb(0x1f2328), rgb(0xd1d9e0),
		[]color.Color{rgb(0x0072b2), rgb(0xd55e00), rgb(0x009e73), rgb(0xaa4499)}}
	dark = theme{"dark", rgb(0x0d1117), rgb(0xf0f6fc), rgb(0x3d444d),
		[]color.Color{rgb(0x56b4e9), rgb(0xe69f00), rgb(0x2ecc9a), rgb(0xf0a0cc)}}
)

func rgb(c uint32) color.Color {
	return color.RGBA{uint8(c >> 16), uint8(c >> 8), uint8(c), 0xff}
}

// Shapes differ in their mark as well as in colour.
var marks = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.BoxGlyph{}, draw.TriangleGlyph{}, draw.RingGlyph{}}

// plot draws a row for each implementation with a mark for each shape.
func (t *table) plot(theme theme) ([]byte, error) {
	if len(t.shapes) > len(marks) {
		return nil, fmt.Errorf("%s: more than %d shapes", t.title, len(marks))
	}
	p := plot.New()
	theme.apply(p)
	p.Title.Text = t.title
	p.X.Label.Text = t.axis
	rows := slices.Clone(t.impls)
	slices.Reverse(rows) // the y axis goes upwards
	p.NominalY(rows...)
	if t.log {
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	}
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = theme.grid, theme.grid
	p.Add(grid)
	for i, shape := range t.shapes {
		var points plotter.XYs
		for y, impl := range rows {
			if v, ok := t.values[impl][shape]; ok {
				points = append(points, plotter.XY{X: v, Y: float64(y)})
			}
		}
		s, err := plotter.NewScatter(points)
		if err != nil {
			return nil, err
		}
		s.GlyphStyle = draw.GlyphStyle{Color: theme.shapes[i], Radius: 3.5, Shape: marks[i]}
		p.Add(s)
		if len(t.shapes) > 1 {
			p.Legend.Add(shape, s)
		}
	}
	if err := t.label(p, rows, theme); err != nil {
		return nil, err
	}
	t.fit(p)
	canvas := vgsvg.New(width, rowHeight*vg.Length(len(rows))+80+t.legend())
	page := draw.New(canvas)
	page.SetColor(theme.page)
	page.Fill(page.Rectangle.Path())
	p.Draw(draw.Crop(page, margin, -margin, margin, -margin))
	var svg bytes.Buffer
	if _, err := canvas.WriteTo(&svg); err != nil {
		return nil, err
	}
	return bytes.ReplaceAll(svg.Bytes(), []byte("font-family:"+family), []byte("font-family:"+families)), nil
}

// The font that plot measures by is one of few, and not everywhere: the others
// are as wide.
const (
	family   = "Liberation Sans"
	families = "Liberation Sans,Arial,Helvetica,sans-serif"
)

func init() {
	plot.DefaultFont.Variant = "Sans"
	plotter.DefaultFont.Variant = "Sans"
}

// label writes what each row is behind its last mark: the value, or the least
// and the largest.
func (t *table) label(p *plot.Plot, rows []string, theme theme) error {
	var l plotter.XYLabels
	for y, impl := range rows {
		least, most := t.least(impl), t.most(impl)
		s := number(least)
		if number(most) != s {
			s += " – " + number(most)
		}
		l.XYs = append(l.XYs, plotter.XY{X: most, Y: float64(y)})
		l.Labels = append(l.Labels, s)
	}
	labels, err := plotter.NewLabels(l)
	if err != nil {
		return err
	}
	labels.Offset = vg.Point{X: 8}
	for i := range labels.TextStyle {
		labels.TextStyle[i].Color = theme.ink
		labels.TextStyle[i].Font.Size = fontSize - 1
		labels.TextStyle[i].YAlign = text.YCenter
	}
	p.Add(labels)
	return nil
}

// legend is how high the legend is.
func (t *table) legend() vg.Length {
	if len(t.shapes) == 1 {
		return 0
	}
	return vg.Length(len(t.shapes)) * (fontSize + 3)
}

// fit leaves room for the labels, and below the rows for the legend; a linear
// axis begins at 0.
func (t *table) fit(p *plot.Plot) {
	p.Y.Min, p.Y.Max = -0.6-float64(t.legend()/rowHeight), float64(len(t.impls))-0.4
	if t.log {
		p.X.Min, p.X.Max = p.X.Min*0.8, p.X.Max*4
	} else {
		p.X.Min, p.X.Max = 0, p.X.Max*1.15
	}
}

func number(v float64) string {
	if v >= 100 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

func (theme theme) apply(p *plot.Plot) {
	p.BackgroundColor = theme.page
	p.Title.TextStyle.Color, p.Title.TextStyle.Font.Size = theme.ink, fontSize+3
	p.Title.Padding = 8
	p.Legend.TextStyle.Color, p.Legend.TextStyle.Font.Size = theme.ink, fontSize-1
	p.Legend.Padding = 2
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Color, a.Tick.Color = theme.grid, theme.grid
		a.Label.TextStyle.Color, a.Label.TextStyle.Font.Size = theme.ink, fontSize
		a.Tick.Label.Color, a.Tick.Label.Font.Size = theme.ink, fontSize
	}
}
