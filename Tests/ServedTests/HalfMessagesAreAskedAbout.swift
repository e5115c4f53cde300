import Foundation
import Testing

/// A half message from the command line, of a file that a server has open.
@Suite struct `A half message on the command line` {
    @Test func `is asked about when no one decides it, and is seen when it is committed`() throws {
        let shop = try ServedFile()
        try shop.serve()
        #expect(try shop.run("topic", "create", "paid", "--type", "mixed", "--db", shop.path).status == 0)
        let script = """
            "$1" half-message check bank --wait 20s --json --db "$2" > "$2.asked" &
            "$1" half-message prepare paid --producer bank --body '{"cents":7}' --key k-1 --first-check 0s --db "$2"
            wait
            cat "$2.asked"
            """
        let asked = try shop.start("/bin/bash", ["-c", script, "bash", executablePath(), shop.path])
        let transaction = try #require(asked.output.firstMatch(of: #/"transaction":"(\w+)"/#)?.1, "\(asked.output)")
        #expect(asked.output.contains(#""data":{"cents":7}"#), "\(asked.output)")
        #expect(try shop.run("message", "find", "--key", "k-1", "--db", shop.path).status == 1)
        let committed = try shop.run("half-message", "commit", "paid", String(transaction), "--db", shop.path)
        #expect(committed.status == 0 && committed.output.contains("is committed"), "\(committed.output)")
        #expect(try shop.run("message", "find", "--key", "k-1", "--db", shop.path).status == 0)
    }
}
