# iSOC. `make help` lists what there is to do. Every target does its own set-up.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT  ?= $(shell git rev-parse --short HEAD 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)
TOOL    := go tool -modfile=tools/go.mod
DATA    ?= data

GO_SOURCES := $(shell find cmd internal content -type f -not -path "internal/web/dist/*" 2>/dev/null)
UI_SOURCES := $(shell find ui -type f -not -path 'ui/node_modules/*' -not -path 'ui/dist/*' 2>/dev/null)
# Packages whose worth lies in what they do at the same time. Not archive/local: the detector finds races inside the engine
# (internal/archive/local/DESIGN.md), and what it finds of ours would be lost among them.
RACE := ./internal/app/... ./internal/flow/... ./internal/response/... ./internal/access/... ./internal/telemetry/...

.PHONY: help run build dev check test test-go test-race test-pg test-ui e2e bench bench-detect bench-parse bench-packages generate geo lint clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## build, then serve on ./data; prints the URL and, the first time, the administrator's password
	./bin/isoc serve --data $(DATA)

build: bin/isoc ## build bin/isoc, a static binary with the UI inside

bin/isoc: $(GO_SOURCES) go.mod go.sum internal/web/dist/index.html
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o $@ ./cmd/isoc

ui/node_modules/.package-lock.json: ui/package-lock.json
	cd ui && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

internal/web/dist/index.html: ui/node_modules/.package-lock.json $(UI_SOURCES)
	cd ui && npm run --silent build
	rm -rf internal/web/dist/* && cp -R ui/dist/. internal/web/dist/
	@touch $@

dev: ui/node_modules/.package-lock.json bin/isoc ## serve on ./data with the UI reloaded as it is edited (http://127.0.0.1:5173)
	./bin/isoc serve --data $(DATA) & pid=$$!; trap "kill $$pid" EXIT; cd ui && npm run dev

check: lint test/browser/node_modules/.package-lock.json ## linters, formatting, types, and that generated files are fresh
	@test -z "$$(gofmt -l cmd internal content test)" || { gofmt -l cmd internal content test; echo 'run gofmt'; exit 1; }
	go vet ./...
	cd ui && npm run --silent typecheck
	cd test/browser && npm run --silent typecheck
	$(MAKE) --no-print-directory generate
	@git diff --exit-code --stat -- internal/store/sqlgen docs/openapi.yaml ui/src/client || { echo 'generated files were stale: commit them'; exit 1; }

GEO := internal/flow/enrich/geo/country.mmdb.zst
geo: ## fetch the countries of addresses that ship anew; GEO_FROM=FILE.mmdb takes a file instead
	tmp=$$(mktemp -d) && trap "rm -rf $$tmp" EXIT && cd $$tmp && \
	if [ -n "$(GEO_FROM)" ]; then cp "$(GEO_FROM)" country.mmdb; else \
	npm pack --silent @ip-location-db/geo-whois-asn-country-mmdb && tar xzf *.tgz && cp package/geo-whois-asn-country.mmdb country.mmdb; fi && \
	zstd -q -19 -f country.mmdb -o $(CURDIR)/$(GEO)
	go test -count=1 ./internal/flow/enrich/geo

lint: ui/node_modules/.package-lock.json
	$(TOOL) golangci-lint run ./...
	cd ui && npm run --silent lint

generate: ui/node_modules/.package-lock.json ## write generated files anew: SQL layer, OpenAPI, TypeScript client
	go generate ./internal/store/...
	go test ./internal/api -run '^TestOpenAPI' -update -count=1
	cd ui && npm run --silent generate

test: test-go test-race test-ui e2e ## everything: unit, race, both databases, content samples, UI, browser; says what it skipped

test-go:
	$(TOOL) gotestsum --format pkgname-and-test-fails --hide-summary=output -- -timeout 15m ./...

test-race:
	CGO_ENABLED=1 $(TOOL) gotestsum --format pkgname-and-test-fails --hide-summary=output -- -race -short -timeout 15m $(RACE)

test-pg: ## only the store's conformance suite on PostgreSQL
	ISOC_TEST_REQUIRE=postgres go test -count=1 ./internal/store/...

test-ui: ui/node_modules/.package-lock.json
	cd ui && npm test --silent

e2e: bin/isoc test/browser/node_modules/.package-lock.json ## the real binary with a real browser
	cd test/browser && npm test --silent

test/browser/node_modules/.package-lock.json: test/browser/package-lock.json
	cd test/browser && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

bench: ## end-to-end throughput beside the archive's own limit, latency from socket to alert, memory
	CGO_ENABLED=0 go run ./test/load $(BENCH_ARGS)

bench-detect: ## the Sigma matcher beside two others, on one thread, over public rules and events
	cd tools/detectbench && CGO_ENABLED=0 go run . $(BENCH_ARGS)

bench-parse: ## score and speed of the parsers: with packs, and the automatic parser alone
	CGO_ENABLED=0 go run ./test/parse $(BENCH_ARGS)

bench-packages: ## benchmarks of the hot packages: queue, listeners, parser, detection, archive, store
	CGO_ENABLED=0 go test -run '^$$' -bench . -benchtime 2s -cpu 1,2 ./internal/flow/... ./internal/archive/local ./internal/query ./internal/store

clean: ## remove what was built, never data
	rm -rf bin ui/dist internal/web/dist/assets
