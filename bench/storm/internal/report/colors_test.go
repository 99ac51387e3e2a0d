package report

import (
	"math"
	"regexp"
	"strconv"
	"testing"
)

// The linear RGB that people see who lack a kind of cone, from that of a colour: Machado,
// Oliveira, Fernandes 2009, severity 1.
var sights = map[string][3][3]float64{
	"all cones": {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia": {
		{0.152286, 1.052583, -0.204868},
		{0.114503, 0.786281, 0.099216},
		{-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {
		{0.367322, 0.860646, -0.227968},
		{0.280085, 0.672501, 0.047413},
		{-0.011820, 0.042940, 0.968881}},
	"tritanopia": {
		{1.255528, -0.076749, -0.178779},
		{-0.078411, 0.930809, 0.147602},
		{0.004733, 0.691367, 0.303900}},
}

// Lines can be told apart by everybody, on either ground. In CIELAB 2 is a
// difference that one just sees.
func TestColors(t *testing.T) {
	const apart = 18
	all := regexp.MustCompile(`--c([1-5]): #([0-9a-f]{6});`).FindAllStringSubmatch(pageStyle, -1)
	if len(all) != 10 {
		t.Fatalf("%d colours, want five for each ground", len(all))
	}
	for name, sight := range sights {
		for i, a := range all {
			for _, b := range all[i+1 : i/5*5+5] {
				if d := difference(lab(linear(t, a[2]), sight), lab(linear(t, b[2]), sight)); d < apart {
					t.Errorf("%s: c%s and c%s, #%s and #%s, differ by %.1f", name, a[1], b[1], a[2], b[2], d)
				}
			}
		}
	}
}

// linear is the linear RGB of a colour in sRGB (IEC 61966-2-1).
func linear(t *testing.T, hex string) (rgb [3]float64) {
	t.Helper()
	for i := range rgb {
		octet, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		v := float64(octet) / 255
		if rgb[i] = v / 12.92; v > 0.04045 {
			rgb[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return rgb
}

// lab is CIELAB of what is seen of a colour, under D65.
func lab(rgb [3]float64, sight [3][3]float64) [3]float64 {
	times := func(m [3][3]float64, v [3]float64) (out [3]float64) {
		for i := range out {
			for k := range v {
				out[i] += m[i][k] * v[k]
			}
		}
		return out
	}
	seen := times(sight, rgb)
	for i, v := range seen {
		seen[i] = min(max(v, 0), 1)
	}
	xyz := times([3][3]float64{{0.4124, 0.3576, 0.1805}, {0.2126, 0.7152, 0.0722}, {0.0193, 0.1192, 0.9505}}, seen)
	for i, white := range []float64{0.9505, 1, 1.089} {
		if v := xyz[i] / white; v > 216.0/24389 {
			xyz[i] = math.Cbrt(v)
		} else {
			xyz[i] = (24389.0/27*v + 16) / 116
		}
	}
	return [3]float64{116*xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])}
}

func difference(a, b [3]float64) float64 {
	return math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2]))
}
