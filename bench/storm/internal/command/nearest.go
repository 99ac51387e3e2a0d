package command

// meant asks about the name that is nearest to one that does not exist; "" if none is
// near.
func meant(name string, names []string, prefix string) string {
	best, distance := "", len(name)/3+1
	for _, n := range names {
		if d := edits(name, n); d <= distance {
			if d < distance || best == "" {
				best = n
			}
			distance = d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + prefix + best + "?"
}

// edits is the optimal string alignment distance of a and b: how many octets have
// to be put in, left out, replaced, or exchanged with the next.
func edits(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			same := 1
			if a[i-1] == b[j-1] {
				same = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+same)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
