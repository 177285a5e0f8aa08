// Prometheus' own word on what is made for it: metrics in its text format, files of rules, and queries.
//
//	check metrics < text       a case for each metric
//	check rules file …         a case for each file
//	check queries < lines      a case for each line
//
// Each case is a line of JSON: {"name", "problems"}.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sort"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

type result struct {
	Name     string   `json:"name"`
	Problems []string `json:"problems"`
}

func main() {
	results, err := check(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	out := json.NewEncoder(os.Stdout)
	for _, one := range results {
		if err := out.Encode(one); err != nil {
			os.Exit(1)
		}
	}
}

func check(args []string) ([]result, error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("say metrics, rules or queries")
	}
	switch args[0] {
	case "metrics":
		return metrics(os.Stdin)
	case "rules":
		return rules(args[1:]), nil
	case "queries":
		return queries(os.Stdin)
	}
	return nil, fmt.Errorf("there is no check %q", args[0])
}

func metrics(in io.Reader) ([]result, error) {
	text, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	families, err := new(expfmt.TextParser).TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("this is not Prometheus' text format: %w", err)
	}
	found, err := promlint.New(bytes.NewReader(text)).Lint()
	if err != nil {
		return nil, err
	}
	problems := map[string][]string{}
	for _, one := range found {
		problems[one.Metric] = append(problems[one.Metric], one.Text)
	}
	results := []result{}
	for name := range families {
		results = append(results, result{name, append([]string{}, problems[name]...)})
	}
	sort.Slice(results, func(i, j int) bool { return results[i].Name < results[j].Name })
	return results, nil
}

func rules(files []string) []result {
	results := []result{}
	for _, file := range files {
		one := result{file, []string{}}
		_, errs := rulefmt.ParseFile(file, false)
		for _, err := range errs {
			one.Problems = append(one.Problems, err.Error())
		}
		results = append(results, one)
	}
	return results
}

func queries(in io.Reader) ([]result, error) {
	results := []result{}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		one := result{lines.Text(), []string{}}
		if _, err := parser.ParseExpr(one.Name); err != nil {
			one.Problems = append(one.Problems, err.Error())
		}
		results = append(results, one)
	}
	return results, lines.Err()
}
