# demo    build, watch some thousand orders go through the standard workflow, and rehearse a flash sale
# test    every test, each target within its time budget
# soak    more of what the tests try at random: states of a disk after power losses, 5,000 families of orders of each
#         workflow
# bench   the benchmarks, each with its limit, in the current directory; ends with 1 when a goal is missed
# dist    an archive with one program that needs no Swift, and a unit for systemd, in .build/dist
# proto   the Swift code of RocketMQ's protocol, after a change of Sources/RocketMQProto/rocketmq.proto
# tidy    format and style, without changing anything
# format  bring all code into the one format
.PHONY: demo test soak bench dist proto tidy format packages browser transports release

# Code that a tool writes is neither formatted nor judged.
SWIFT_FILES = $(shell find Package.swift Sources Tests Migrations Workflows -name '*.swift' -not -path '*/RocketMQProto/*')
WAYBILL = .build/release/waybill

demo: release
	$(WAYBILL) demo

test: packages browser transports
	swift build --build-tests --explicit-target-dependency-import-check error
	Tests/run

soak: packages
	swift build --build-tests
	WAYBILL_SOAK=1 swift test --skip-build --filter '^CrashTests\.`A power loss after any call`' \
	    --filter '^SimulationTests\.`Trade by lot`'

bench: release
	@status=0; for name in orders registration growth hot-sku timeouts replay startup rush broker flow http rocketmq backup; do $(WAYBILL) bench $$name || status=1; done; exit $$status

dist: packages
	Sources/Dist/make.sh .build/dist

# Needs protoc: of Debian's protobuf-compiler, or of grpcio-tools. The generator is built from the package.
proto:
	swift build --product protoc-gen-swift --scratch-path .build-proto
	protoc --plugin=.build-proto/debug/protoc-gen-swift --swift_opt=Visibility=Package \
	    --swift_opt=UseAccessLevelOnImports=true --swift_out=Sources/RocketMQProto -ISources/RocketMQProto rocketmq.proto

tidy:
	@swift format lint --strict $(SWIFT_FILES)

format:
	@swift format --in-place $(SWIFT_FILES)

release: packages
	swift build -c release --product waybill

# Headers of SQLite and zlib, and sqlite3 for the tests; asks for a password only when something is missing.
packages:
	@command -v swift >/dev/null || { echo 'Swift is needed, tried with 6.3: https://www.swift.org/install'; exit 1; }
	@if command -v dpkg >/dev/null; then \
	    missing=''; \
	    for name in libsqlite3-dev zlib1g-dev sqlite3; do \
	        dpkg -s $$name >/dev/null 2>&1 || missing="$$missing $$name"; \
	    done; \
	    if [ -n "$$missing" ]; then \
	        if [ "$$(id -u)" = 0 ]; then root=''; else root='sudo'; fi; \
	        echo "installing$$missing"; \
	        $$root apt-get update -qq && $$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing; \
	    fi; \
	fi

# Chromium, for the test that looks at the page of a rush. Nobody has to have it: without it that test is skipped.
browser:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ]; then root=''; else root='sudo -n'; fi; \
	if command -v apt-get >/dev/null && echo 'installing chromium' && $$root apt-get update -qq \
	    && $$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; then \
	    exit 0; \
	fi; \
	echo 'note: Chromium cannot be installed here; the test that looks at a page in a browser will be skipped'

# grpc-go and grpc-java, for the tests of the RocketMQ port. They may be missing: then they are not tried.
TRANSPORTS = golang-go golang-google-grpc-dev default-jdk-headless libgrpc-java libnetty-java libperfmark-java
transports:
	@command -v dpkg >/dev/null || exit 0; \
	missing=''; \
	for name in $(TRANSPORTS); do \
	    case $$name in default-jdk-headless) command -v javac >/dev/null && continue ;; esac; \
	    dpkg -s $$name >/dev/null 2>&1 || missing="$$missing $$name"; \
	done; \
	[ -n "$$missing" ] || exit 0; \
	if [ "$$(id -u)" = 0 ]; then root=''; else root='sudo -n'; fi; \
	echo "installing$$missing"; \
	if $$root apt-get update -qq \
	    && $$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; then \
	    exit 0; \
	fi; \
	echo 'note: grpc-go and grpc-java cannot be installed here; they will not be tried'
