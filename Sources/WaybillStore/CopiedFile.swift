import Foundation

/// Brings a whole copy to another disk, and reads back what has come there.
package enum CopiedFile {
    private static let chunk = 1 << 20

    /// Copies a file that no program writes.
    ///
    /// - Parameters:
    ///   - path: where it is to be, in a folder that is there; it replaces nothing.
    ///   - mayGoOn: asked before each MiB; false: the copy is given up.
    package static func make(
        of source: String, at path: String, mayGoOn: () -> Bool = { true }
    ) throws(BackupFailure) {
        let place = try BackupPlace(path, besides: nil)
        defer { place.leave() }
        do {
            let from = try RawFile(source, for: .reading)
            try forEachChunk(of: from) { bytes, offset throws(BackupFailure) in
                guard mayGoOn() else { throw BackupFailure(.ended, "the copy was given up") }
                do throws(StoreFailure) { try place.write(bytes, at: offset) } catch { throw BackupFailure(error) }
            }
            try place.sync()
            place.forgetInMemory()
            guard try place.bytes() == from.size() else { throw changed(path) }
            try forEachChunk(of: from) { bytes, offset throws(BackupFailure) in
                guard mayGoOn() else { throw BackupFailure(.ended, "the copy was given up") }
                do throws(StoreFailure) {
                    guard try place.bytes(bytes.count, at: offset) == bytes else { throw changed(path) }
                } catch {
                    throw BackupFailure(error)
                }
            }
        } catch {
            throw BackupFailure(error)
        }
        try place.giveName()
    }

    /// Makes a small file of a text, whole or not at all.
    package static func make(_ text: String, at path: String) throws(BackupFailure) {
        let place = try BackupPlace(path, besides: nil)
        defer { place.leave() }
        do {
            try place.write(Array(text.utf8), at: 0)
            try place.sync()
        } catch {
            throw BackupFailure(error)
        }
        try place.giveName()
    }

    private static func forEachChunk(
        of file: borrowing RawFile, _ body: ([UInt8], Int) throws(BackupFailure) -> Void
    ) throws {
        let size = try file.size()
        var offset = 0
        while offset < size {
            let bytes = try file.bytes(min(chunk, size - offset), at: offset)
            guard !bytes.isEmpty else { throw StoreFailure(.inputOutput, "\(file.path) became shorter") }
            try body(bytes, offset)
            offset += bytes.count
        }
    }

    private static func changed(_ path: String) -> StoreFailure {
        StoreFailure(.damaged, "what was read back from \(path).part is not what was written: is its disk sound?")
    }
}
