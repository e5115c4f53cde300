import Foundation
import Testing

/// What clients of a server hear when its disk fails.
@Suite(.serialized) struct `A server on a bad disk` {
    /// What each script begins with: `serve FILE` starts a server and sets PORT; `receive KEY` answers a status.
    private static let shell = """
        serve() {
            "$1" serve --db "$2" --create --open --http 127.0.0.1:0 --socket off > served 2> errors &
            SERVER=$!; trap "kill -9 $SERVER" EXIT
            until grep -q 'waybill serves' served; do kill -0 $SERVER || { cat errors; exit 9; }; done
            PORT=$(sed -E 's/.*:([0-9]+).*/\\1/' served)
        }
        receive() {
            curl -s -o answer -w '%{http_code}' -H 'Content-Type: application/json' -H "Idempotency-Key: $1" \\
                -d '{"quantity":1}' http://127.0.0.1:$PORT/v1/stock/mug/receive
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
}
