import Foundation

/// The database file of a rush: one that was asked for and is kept, or one that goes when the rush is over.
struct RushFile {
    let path: String
    private let directory: String?

    /// The path, if the file stays.
    var keptPath: String? { directory == nil ? path : nil }

    init(_ asked: String?) throws {
        if let asked {
            try OrderBookPlace.requireClosed(asked)
            guard !FileManager.default.fileExists(atPath: asked) else {
                throw CommandFailure("\(asked) exists already; a rush wants a new file")
            }
            path = asked
            directory = nil
            return
        }
        let made = try TemporaryDirectory.make("waybill-rush")
        directory = made
        path = (made as NSString).appendingPathComponent("shop.db")
    }

    /// A temporary file in a new directory beside another file.
    init(beside other: String) throws {
        let made = other + ".measured"
        do {
            try FileManager.default.createDirectory(atPath: made, withIntermediateDirectories: false)
        } catch {
            throw CommandFailure("\(made) was not made: \(error.localizedDescription)")
        }
        directory = made
        path = (made as NSString).appendingPathComponent("shop.db")
    }

    func removeIfTemporary() {
        guard let directory else { return }
        // What is left in a temporary directory does no harm.
        do { try FileManager.default.removeItem(atPath: directory) } catch {}
    }
}
