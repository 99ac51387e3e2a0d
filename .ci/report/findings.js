// What of a page is not as it should be, in words.
(() => {
	const wrong = []
	const width = document.documentElement.scrollWidth
	if (width > innerWidth) wrong.push(`${width} px are wider than the window of ${innerWidth}`)

	// Colours as numbers, whatever notation a style has.
	const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })
	const known = new Map()
	const rgba = color => {
		if (!known.has(color)) known.set(color, pixel(color))
		return known.get(color)
	}
	const pixel = color => {
		canvas.clearRect(0, 0, 1, 1)
		canvas.fillStyle = color
		canvas.fillRect(0, 0, 1, 1)
		return [...canvas.getImageData(0, 0, 1, 1).data]
	}
	// Relative luminance and contrast are those of WCAG 2.2.
	const luminance = ([r, g, b]) => {
		const [x, y, z] = [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
		return 0.2126 * x + 0.7152 * y + 0.0722 * z
	}
	const contrast = (a, b) => {
		const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y)
		return (high + 0.05) / (low + 0.05)
	}
	const ground = element => {
		for (let e = element; e; e = e.parentElement) {
			const color = rgba(getComputedStyle(e).backgroundColor)
			if (color[3] == 255) return color
		}
		return [255, 255, 255, 255]
	}
	const seen = new Set()
	for (const e of document.body.querySelectorAll("*")) {
		if (![...e.childNodes].some(n => n.nodeType == Node.TEXT_NODE && n.data.trim())) continue
		const style = getComputedStyle(e)
		const color = e instanceof SVGElement ? style.fill : style.color
		const c = contrast(rgba(color), ground(e))
		const name = `${e.localName}.${e.getAttribute("class")}`
		if (c < 4.5 && !seen.has(name)) wrong.push(`${name}: contrast ${c.toFixed(2)}, 4.5 is needed`)
		seen.add(name)
	}

	// Letters of one kind touch neither each other nor the edge of the window.
	for (const group of document.querySelectorAll("g.x, g.y, g.names")) {
		const shown = [...group.children].filter(e => getComputedStyle(e).display != "none")
		const boxes = shown.map(e => e.getBoundingClientRect())
		boxes.forEach((a, i) => {
			if (a.left < 0 || a.right > innerWidth) wrong.push(`${shown[i].textContent} leaves the window`)
			boxes.slice(i + 1).forEach((b, k) => {
				const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top + 3 || b.bottom <= a.top + 3
				if (!apart) wrong.push(`${shown[i].textContent} touches ${shown[i + 1 + k].textContent}`)
			})
		})
	}

	// What is read off a plot has room as well.
	const readings = [...document.querySelectorAll(".readings text")]
	for (const text of readings) text.style.display = "inline"
	for (const text of readings) {
		const box = text.getBoundingClientRect()
		if (box.left < 0 || box.right > innerWidth) wrong.push(`${text.textContent} leaves the window`)
	}
	for (const text of readings) text.style.display = ""
	return wrong
})()
