import Foundation
import Testing
import WaybillCore
import WaybillHTTP
import WaybillServer

/// What a program asks of its server.
@Suite struct `The settings of a server` {
    private func refusal(_ change: (inout BookServer.Settings) -> Void) -> String? {
        var settings = BookServer.Settings()
        change(&settings)
        return settings.refusal
    }

    @Test func `have numbers with which it can serve`() throws {
        #expect(refusal { $0.connectionsMax = 1 } == nil && refusal { $0.streamsMax = 0 } == nil)
        #expect(try #require(refusal { $0.connectionsMax = 0 }).contains("0 connections"))
        #expect(try #require(refusal { $0.streamsMax = -1 }).contains("-1 streams"))
        #expect(try #require(refusal { $0.requestsInWorkMax = 0 }).contains("0 requests"))
        #expect(try #require(refusal { $0.longPollsMax = -1 }).contains("-1 long polls"))
        #expect(try #require(refusal { $0.operationsMax = 0 }).contains("0 operations"))
        #expect(try #require(refusal { $0.readTime = .seconds(0) }).contains("no time to read in"))
        #expect(try #require(refusal { $0.stopWithin = .seconds(-1) }).contains("no time to stop within"))
    }

    @Test func `do not change the mask of its process, also when two servers begin at once`() async {
        await #expect(processExitsWith: .exitCode(7)) {
            umask(0o022)
            let (first, second) = (ClosedMask(), ClosedMask())
            first.giveBack()
            first.giveBack()
            let between = umask(0o077)
            second.giveBack()
            let after = umask(0o022)
            exit(between == 0o077 && after == 0o022 ? 7 : 1)
        }
    }
}
