import Foundation
import Testing

/// Many who follow everything.
@Suite(.serialized) struct `A thousand streams` {
    private static let streams = 1_000
    private static let events = 60

    @Test(.timeLimit(.minutes(5)))
    func `get every event once, in order`() throws {
        var files = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
        files.rlim_cur = files.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
        try #require(files.rlim_cur >= 1_500, "this machine lets a process have \(files.rlim_cur) files open")
        let shop = try ServedFile()
        try shop.serve("--open", "--socket", "off")
        let follow = { (count: Int) in
            try (0..<count).map { _ in
                let stream = try shop.follow("/v1/events/stream?after=e0")
                // Its head, and what came with it.
                return (stream: stream, begun: stream.receive { $0.contains("retry") })
            }
        }
        // Half of them are there before the first event, a quarter come in the middle, and a quarter at the end.
        var followers = try follow(Self.streams / 2)
        for number in 1...Self.events {
            let received = try shop.post("/v1/stock/mug/receive", key: "k-\(number)", #"{"quantity":1}"#)
            try #require(received.hasSuffix("200"), "\(received)")
            if number == Self.events / 2 { followers += try follow(Self.streams / 4) }
        }
        followers += try follow(Self.streams / 4)
        let all = (1...Self.events).map { "e\($0)" }
        var wrong = 0
        for follower in followers {
            var bytes = Array(follower.begun.utf8)
            while StreamedAnswer(bytes).events.last != all.last, let more = follower.stream.receiveSome() {
                bytes += more
            }
            if StreamedAnswer(bytes).events != all { wrong += 1 }
        }
        #expect(followers.count == Self.streams && wrong == 0)
    }
}
