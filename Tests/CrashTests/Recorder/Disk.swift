import Foundation

/// What a disk holds of what a process wrote: what was synced for certain, and of the rest what a power loss leaves.
struct Disk {
    /// How much of what was not synced is there after the power came back.
    enum Loss: CaseIterable {
        /// Nothing of it.
        case all
        /// Everything: the process alone was killed.
        case nothing
        /// Sectors of it, in no order: writes are dropped, overtake each other, and are torn.
        case sectors
        /// All up to some write, which is torn.
        case tail
    }

    private struct File {
        var durable: [UInt8] = []
        var pending: [Change] = []
    }

    private enum Change {
        case write(offset: Int, bytes: ArraySlice<UInt8>)
        case resize(Int)
    }

    private enum Naming {
        case make(Int, String)
        case rename(String, String)
        case link(String, String)
        case remove(String)
    }

    private static let sector = 512
    private var files: [Int: File] = [:]
    private var names: [String: Int] = [:]
    private var pendingNames: [Naming] = []
    /// A disk that says "synced" of files whose names end so, and has done nothing.
    var liesAbout: String?
    /// The names as the process sees them.
    private var seen: [String: Int] = [:]

    mutating func perform(_ call: DiskCall) {
        switch call {
        case .make(let file, let name):
            files[file] = File()
            note(.make(file, name))
        case .write(let file, let offset, let bytes):
            files[file, default: File()].pending.append(.write(offset: offset, bytes: bytes))
        case .resize(let file, let size):
            files[file, default: File()].pending.append(.resize(size))
        case .sync(let file, let succeeded):
            sync(file, succeeded)
        case .rename(let from, let to):
            note(.rename(from, to))
        case .link(let from, let to):
            note(.link(from, to))
        case .remove(let name):
            note(.remove(name))
        case .syncNames(let succeeded):
            guard succeeded else { return }
            for naming in pendingNames { Self.apply(naming, to: &names) }
            pendingNames = []
        case .answer:
            break
        }
    }

    /// After a sync that failed, the system takes what it could not write for clean: it never reaches the disk, unless
    /// it is written again.
    private mutating func sync(_ file: Int, _ succeeded: Bool) {
        guard var content = files[file] else { return }
        if let liesAbout, seen.contains(where: { $0.value == file && $0.key.hasSuffix(liesAbout) }) { return }
        if succeeded { for change in content.pending { Self.apply(change, to: &content.durable) } }
        content.pending = []
        files[file] = content
    }

    private mutating func note(_ naming: Naming) {
        pendingNames.append(naming)
        Self.apply(naming, to: &seen)
    }

    /// The files that are there after a power loss now.
    func afterPowerLoss(_ loss: Loss, _ dice: inout Dice) -> [String: [UInt8]] {
        var names = self.names
        let known =
            switch loss {
            case .all: 0
            case .nothing: pendingNames.count
            case .sectors, .tail: Int(dice.next() % UInt64(pendingNames.count + 1))
            }
        // A journal of names keeps their order.
        for naming in pendingNames.prefix(known) { Self.apply(naming, to: &names) }
        return names.mapValues { file in content(of: files[file] ?? File(), loss, &dice) }
    }

    private func content(of file: File, _ loss: Loss, _ dice: inout Dice) -> [UInt8] {
        var bytes = file.durable
        switch loss {
        case .all:
            break
        case .nothing:
            for change in file.pending { Self.apply(change, to: &bytes) }
        case .sectors:
            // Some losses take most of it, some little.
            let kept = 5 + dice.next() % 91
            for change in file.pending { Self.apply(change, to: &bytes) { dice.next() % 100 < kept } }
        case .tail:
            let whole = Int(dice.next() % UInt64(file.pending.count + 1))
            for change in file.pending.prefix(whole) { Self.apply(change, to: &bytes) }
            if whole < file.pending.count { Self.apply(file.pending[whole], to: &bytes) { dice.next() % 2 == 0 } }
        }
        return bytes
    }

    /// - Parameter isThere: asked for each sector.
    private static func apply(_ change: Change, to bytes: inout [UInt8], where isThere: () -> Bool = { true }) {
        switch change {
        case .resize(let size):
            guard isThere() else { return }
            if size < bytes.count { bytes.removeLast(bytes.count - size) } else { grow(&bytes, to: size) }
        case .write(let offset, let written):
            var start = offset
            while start < offset + written.count {
                let end = min((start / sector + 1) * sector, offset + written.count)
                if isThere() {
                    grow(&bytes, to: end)
                    let from = written.startIndex + start - offset
                    bytes.replaceSubrange(start..<end, with: written[from..<from + end - start])
                }
                start = end
            }
        }
    }

    private static func grow(_ bytes: inout [UInt8], to size: Int) {
        if bytes.count < size { bytes.append(contentsOf: repeatElement(0, count: size - bytes.count)) }
    }

    private static func apply(_ naming: Naming, to names: inout [String: Int]) {
        switch naming {
        case .make(let file, let name): names[name] = file
        case .rename(let from, let to): if let file = names.removeValue(forKey: from) { names[to] = file }
        case .link(let from, let to): if let file = names[from] { names[to] = file }
        case .remove(let name): names[name] = nil
        }
    }
}
