import Foundation
import Testing

/// What clients of a server hear when its disk fails, or fills up.
@Suite(.serialized) struct `A server on a bad disk` {
    /// What each script begins with: `serve FILE` starts a server and sets PORT; `receive KEY`, `place KEY` and `send
    /// KEY` answer a status.
    private static let shell = """
        serve() {
            rm -f served # of the server before, which this one empties only after it was begun
            "$1" serve --db "$2" --create --open --http 127.0.0.1:0 --socket off > served 2> errors &
            SERVER=$!; trap "kill -9 $SERVER" EXIT
            until grep -qs 'waybill serves' served; do kill -0 $SERVER || { cat errors; exit 9; }; done
            PORT=$(sed -E 's/.*:([0-9]+).*/\\1/' served)
        }
        receive() {
            curl -s -o answer -w '%{http_code}' -H 'Content-Type: application/json' -H "Idempotency-Key: $1" \\
                -d '{"quantity":1}' http://127.0.0.1:$PORT/v1/stock/mug/receive
        }
        ask() {
            curl -s -D head -o answer -w '%{http_code}' -H 'Content-Type: application/json' -H "Idempotency-Key: $1" \\
                -H 'Waybill-Role: visitor' -X "$4" -d "$3" http://127.0.0.1:$PORT$2
        }
        place() {
            ask "$1" /v1/orders "{\\"id\\":\\"$1\\",\\"workflow\\":\\"member-registration\\",
                \\"command\\":\\"register\\",\\"data\\":{\\"member\\":\\"$1\\",\\"email\\":\\"a@b.example\\"}}" POST
        }
        send() { ask "$1" /v1/topics/ledger/messages '{"data":1}' POST; }
        # Asks under ever new keys until the status is $2; the server looks at its disk twice a second.
        until_status() {
            COUNT=0
            until [ "$($1 "$3-$COUNT")" = "$2" ]; do
                COUNT=$((COUNT + 1)); if [ $COUNT -gt 2000 ]; then cat answer; exit 8; fi
            done
        }

        """

    @Test(.enabled(if: Recorder.isThere, "letting a call fail needs a compiler of C"))
    func `says after a failed commit that it does not know, ends with 75, and the key gives the true answer`() throws {
        let file = try CrashFile()
        let script =
            Self.shell + """
                cd "$1"
                LD_PRELOAD="$3" WAYBILL_RECORD_DIR="$1" WAYBILL_RECORD_LOG="$1/log" \\
                    WAYBILL_RECORD_FAIL="sync:-wal:8:5" serve "$2" shop.db
                COUNT=0; STATUS=200
                while [ "$STATUS" = 200 ] && [ $COUNT -lt 100 ]; do
                    COUNT=$((COUNT + 1)); STATUS=$(receive "k-$COUNT")
                done
                echo "last $STATUS $(cat answer)"
                wait $SERVER; echo "ended $?"
                serve "$2" shop.db
                echo "again $(receive "k-$COUNT") $COUNT $(cat answer)"
                kill -TERM $SERVER; wait $SERVER; echo "stopped $?"
                """
        let outcome = try run(
            "/bin/bash",
            [
                "-c", script, "bash", (file.path as NSString).deletingLastPathComponent, try executablePath(),
                try #require(Recorder.library),
            ])
        #expect(outcome.output.contains(/last 503 .*"code":"outcome_unknown"/), "\(outcome.output)")
        #expect(outcome.output.contains("ended 75\n"), "\(outcome.output)")
        let again = try #require(outcome.output.firstMatch(of: /again 200 (\d+) .*"free":(\d+)/), "\(outcome.output)")
        #expect(again.1 == again.2)
        #expect(outcome.output.contains("stopped 0\n"), "\(outcome.output)")
    }

    @Test(.enabled(if: Recorder.isThere, "saying how full a disk is needs a compiler of C"))
    func `answers 507 while the disk is nearly full, and goes on by itself when there is room again`() throws {
        let file = try CrashFile()
        let script =
            Self.shell + """
                cd "$1"; echo 50 > free
                LD_PRELOAD="$3" WAYBILL_RECORD_DIR="$1" WAYBILL_RECORD_LOG="$1/log" WAYBILL_RECORD_FREE="$1/free" \\
                    serve "$2" shop.db
                echo "topic $(ask t /v1/topics/ledger '{"reason":"a test"}' PUT) order $(place first) message $(send m)"
                echo 9 > free; until_status send 507 a; echo "message 507 $(cat head answer)"
                echo "order at nine $(place second)"
                echo 4 > free; until_status place 507 b; echo "order 507 $(cat head answer)"
                echo "ready $(ask r /readyz '' GET) $(cat answer)"
                echo "look $(ask g /v1/orders/first '' GET) repeat $(place first)"
                echo 50 > free; until_status place 201 c; echo "order again"
                until_status send 201 d; echo "message again, ready $(ask r /readyz '' GET)"
                kill -TERM $SERVER; wait $SERVER; echo "stopped $?"
                "$2" verify shop.db; echo "verify $?"
                for FREE in 50 9 4; do
                    echo $FREE > free
                    LD_PRELOAD="$3" WAYBILL_RECORD_DIR="$1" WAYBILL_RECORD_LOG="$1/log" WAYBILL_RECORD_FREE="$1/free" \\
                        "$2" doctor --db shop.db > seen
                    echo "doctor $? of $FREE: $(grep '^disk ' seen | tr -s ' ' | cut -d' ' -f2)"
                done
                """
        let output = try run(
            "/bin/bash",
            [
                "-c", script, "bash", (file.path as NSString).deletingLastPathComponent, try executablePath(),
                try #require(Recorder.library),
            ]
        ).output
        for line in [
            "topic 201 order 201 message 201\n", "order at nine 201\n", "look 200 repeat 507\n", "order again\n",
            "message again, ready 200\n", "stopped 0\n", "verify 0\n",
            "doctor 0 of 50: ok\n", "doctor 0 of 9: warn\n", "doctor 1 of 4: bad\n",
        ] { #expect(output.contains(line), "\(line)\(output)") }
        #expect(output.contains(/message 507 [^{]*retry-after: 10\s[^{]*\{.*"needed_percent":10\}/), "\(output)")
        #expect(output.contains(/order 507 [^{]*retry-after: 10\s[^{]*\{.*"needed_percent":5\}/), "\(output)")
        #expect(output.contains(/ready 503 .*"code":"disk_nearly_full"/), "\(output)")
    }
}
