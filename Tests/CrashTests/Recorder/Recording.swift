import Foundation

/// A call by which the victim changed its files, or an answer that it gave, as `recorder.c` wrote it down.
enum DiskCall {
    case make(file: Int, name: String)
    case write(file: Int, offset: Int, bytes: ArraySlice<UInt8>)
    case resize(file: Int, size: Int)
    case sync(file: Int, succeeded: Bool)
    case rename(from: String, to: String)
    case link(from: String, to: String)
    case remove(name: String)
    case syncNames(succeeded: Bool)
    case answer(String)
}

/// What a victim did to its disk, call by call, over all its lives.
struct Recording {
    let calls: [DiskCall]

    init(of log: String) throws {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: log)))
        var calls: [DiskCall] = []
        var next = 0
        while let end = bytes[next...].firstIndex(of: UInt8(ascii: "\n")) {
            let words = String(decoding: bytes[next..<end], as: UTF8.self).split(separator: " ").map(String.init)
            next = end + 1
            let announced = words.first == "W" ? 3 : words.first == "A" ? 1 : nil
            let count = announced.flatMap { words.indices.contains($0) ? Int(words[$0]) : nil } ?? 0
            // The kill may have cut the last record.
            guard next + count <= bytes.count, let call = Self.call(words, bytes[next..<next + count]) else { break }
            calls.append(call)
            next += count
        }
        self.calls = calls
    }

    private static func call(_ words: [String], _ bytes: ArraySlice<UInt8>) -> DiskCall? {
        func number(_ index: Int) -> Int? { words.indices.contains(index) ? Int(words[index]) : nil }
        switch (words.first, number(1), number(2), words.count) {
        case ("C", let file?, _, 3): return .make(file: file, name: words[2])
        case ("W", let file?, let offset?, 4): return .write(file: file, offset: offset, bytes: bytes)
        case ("T", let file?, let size?, 3): return .resize(file: file, size: size)
        case ("S", let file?, let result?, 3): return .sync(file: file, succeeded: result == 0)
        case ("R", _, _, 3): return .rename(from: words[1], to: words[2])
        case ("L", _, _, 3): return .link(from: words[1], to: words[2])
        case ("U", _, _, 2): return .remove(name: words[1])
        case ("D", let result?, _, 2): return .syncNames(succeeded: result == 0)
        case ("A", _, _, 2): return .answer(String(decoding: bytes, as: UTF8.self))
        default: return nil
        }
    }
}

/// The library that records, compiled once from its source beside this file.
enum Recorder {
    /// Nil where there is no compiler of C.
    static let library: String? = {
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("recorder.c")
        let made = FileManager.default.temporaryDirectory
            .appendingPathComponent("waybill-recorder-\(UUID().uuidString).so").path
        for compiler in ["/usr/bin/cc", "/usr/bin/clang", "/usr/bin/gcc", "/opt/swift/usr/bin/clang"]
        where FileManager.default.isExecutableFile(atPath: compiler) {
            do {
                let arguments = ["-shared", "-fPIC", "-O1", "-o", made, source.path, "-ldl", "-lpthread"]
                if try run(compiler, arguments).status == 0 { return made }
            } catch { continue }
        }
        return nil
    }()

    #if os(Linux)
        static let isThere = library != nil
    #else
        static let isThere = false
    #endif

    /// The surroundings of a process whose calls in a directory go to a log; one of them may fail.
    static func environment(of file: CrashFile, log: String, failing fault: String? = nil) -> [String: String] {
        var environment = ProcessInfo.processInfo.environment
        environment["LD_PRELOAD"] = library
        environment["WAYBILL_RECORD_DIR"] = (file.path as NSString).deletingLastPathComponent
        environment["WAYBILL_RECORD_LOG"] = log
        environment["WAYBILL_RECORD_FAIL"] = fault
        return environment
    }
}
