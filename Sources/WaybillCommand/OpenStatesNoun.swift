import ArgumentParser
import Foundation
import Waybill

/// `waybill open-states`: opens many files in one process, for tests that look at what power losses leave.
struct OpenStatesNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open-states",
        abstract: "Open each file; print its orders with their versions, or why it cannot be opened.",
        shouldDisplay: false)

    @Argument(help: "The files; those that are not there are made.")
    var paths: [String]

    func run() async throws {
        for path in paths {
            Output.standard.line("\(path)\t" + look(path))
            Output.standard.flush()
        }
    }

    /// Opens as any opening does, and reads every order.
    private func look(_ path: String) -> String {
        do {
            let clock = VirtualClock(start: World.system.now())
            let book = try OrderBook.open(path, workflows: [], world: .virtual(clock))
            defer { book.close() }
            var words = ["opened"]
            var token: PageToken?
            repeat {
                let page = try book.orders(after: token, limit: 1_000)
                words += page.elements.map { "\($0.id) \($0.version)" }
                token = page.next
            } while token != nil
            return words.joined(separator: "\t")
        } catch {
            return "failed\t" + "\(error)".printable
        }
    }
}
