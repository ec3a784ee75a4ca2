package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"
)

func main() {
	cols := flag.Int("cols", 120, "width of the screen in cells")
	light := flag.Bool("light", false, "dark text on a light ground")
	title := flag.String("title", "cordpair", "text for screen readers")
	flag.Parse()
	var lines []string
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		lines = append(lines, in.Text())
	}
	ground := dark
	if *light {
		ground = pale
	}
	out := bufio.NewWriter(os.Stdout)
	draw(out, lines, *cols, ground, *title)
	if err := out.Flush(); err != nil {
		fmt.Fprintln(os.Stderr, "picture:", err)
		os.Exit(1)
	}
}
