import Foundation
public import WaybillCore

extension BookServer {
    /// Which copies of the file a server keeps, and where.
    ///
    /// A copy is called `NAME-20261130T130000Z.db`; beside it `.digest` says what orders and stocks have come to in it.
    public struct Backups: Hashable, Sendable {
        /// The folder for copies; those that callers ask for are made there too.
        public var folder: String
        /// How often a copy is made; nil: only when one is asked for.
        public var every: Interval?
        /// So many of them are kept; older ones go when a newer one is there.
        public var kept = 24
        /// A folder on another disk to which each copy is brought; nil: none.
        public var otherFolder: String?

        public init(folder: String) { self.folder = folder }

        /// Refuses what cannot be kept.
        ///
        /// - Parameter file: the path of the order book's file; nil: in memory.
        package func check(beside file: String?) throws(ServerFailure) {
            for folder in [folder, otherFolder].compactMap({ $0 }) {
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
                    throw ServerFailure(.badSetting, "\(folder) is no folder for copies; make it first")
                }
                guard access(folder, R_OK | W_OK | X_OK) == 0 else {
                    throw ServerFailure(
                        .badSetting,
                        "the folder for copies \(folder) cannot be written: "
                            + String(cString: strerror(errno)))
                }
            }
            guard (1...100_000).contains(kept) else {
                throw ServerFailure(.badSetting, "1 to 100000 copies can be kept, not \(kept)")
            }
            if let every, every < Interval.seconds(1) {
                throw ServerFailure(.badSetting, "a copy can be made every second at most, not every \(every.text)")
            }
            if let otherFolder, Self.place(folder) == Self.place(otherFolder) {
                throw ServerFailure(
                    .badSetting, "\(otherFolder) is the folder where the copies are made; name one on another disk")
            }
        }

        static func place(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
    }
}

/// What the copies of one file are called.
struct BackupNames: Sendable {
    /// The name of the file without `.db`.
    let stem: String

    init(of path: String?) {
        let name = path.map { ($0 as NSString).lastPathComponent } ?? "waybill"
        stem = name.hasSuffix(".db") ? String(name.dropLast(3)) : name
    }

    /// The name of a copy that is begun now.
    func name(at moment: Moment) -> String {
        let seconds = Moment(milliseconds: moment.milliseconds / 1_000 * 1_000)
        return "\(stem)-\(seconds.iso8601.filter { $0 != "-" && $0 != ":" }).db"
    }

    /// When a copy of this name was begun; nil: it is none of ours.
    func moment(of name: String) -> Moment? {
        guard name.hasPrefix(stem + "-"), name.hasSuffix(".db") else { return nil }
        let digits = Array(name.dropFirst(stem.count + 1).dropLast(3))
        guard digits.count == 16 else { return nil }
        func part(_ range: Range<Int>) -> String { String(digits[range]) }
        let text =
            "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))\(digits[8])"
            + "\(part(9..<11)):\(part(11..<13)):\(part(13..<15))\(digits[15])"
        guard let moment = Moment(iso8601: Text(text)), self.name(at: moment) == name else { return nil }
        return moment
    }

    /// Says of which file the copies in a folder are.
    var origin: String { "\(stem).backups" }
}
