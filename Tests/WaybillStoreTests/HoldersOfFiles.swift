import Foundation
import Synchronization
import Testing
import WaybillStore

/// What the lock beside a file says of the process that holds it.
@Suite struct `The lock of a file` {
    private let file: TemporaryFile

    init() throws { file = try TemporaryFile() }

    private func refusal() -> String? { failure { _ = try Store.open(file.path) }?.message }

    @Test func `says where its holder serves, for as long as it does`() throws {
        let store = try Store.open(file.path)
        #expect(try Store.servingHolder(of: file.path) == nil)
        #expect(refusal()?.hasSuffix(". Stop it first.") == true)
        let serving = FileHolder.Serving(socket: "/run/a b/s", http: "http://127.0.0.1:1")
        store.tell(serving)
        let holder = try #require(try Store.servingHolder(of: file.path))
        #expect(holder.process == getpid() && holder.serving == serving)
        #expect(refusal()?.contains("serves at http://127.0.0.1:1 and at unix:/run/a b/s. Ask it there") == true)
        store.tell(nil)
        #expect(try Store.servingHolder(of: file.path) == nil)
        store.tell(serving)
        store.close()
        #expect(try Store.servingHolder(of: file.path) == nil)
        #expect(refusal() == nil)
    }

    @Test func `is not held by one that only asks who holds it`() throws {
        let store = try Store.open(file.path)
        store.tell(FileHolder.Serving(socket: nil, http: "http://127.0.0.1:1"))
        store.close()
        let isOver = Mutex(false)
        let path = file.path + ".lock"
        let hasEnded = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            let lock = open(path, O_RDONLY)
            while !isOver.withLock({ $0 }) {
                flock(lock, LOCK_SH)
                flock(lock, LOCK_UN)
            }
            close(lock)
            hasEnded.signal()
        }
        for _ in 0..<30 { #expect(refusal() == nil) }
        isOver.withLock { $0 = true }
        hasEnded.wait()
    }

    @Test(arguments: [
        "", "\n", "x", "4711", "4711\nsocket ", "99999999999999999999\nsocket /s", "4711\nsocket \n",
        "\u{0}\u{0}\n\u{0}socket /s\n", "4711\nsocket /half",
    ])
    func `is understood whatever is in it`(text: String) throws {
        let store = try Store.open(file.path)
        defer { store.close() }
        try Data(text.utf8).write(to: URL(fileURLWithPath: file.path + ".lock"), options: [])
        #expect(try Store.servingHolder(of: file.path) == nil)
        #expect(refusal()?.hasSuffix(". Stop it first.") == true)
    }

    @Test func `leaves out a path with an end of line`() throws {
        let store = try Store.open(file.path)
        defer { store.close() }
        store.tell(FileHolder.Serving(socket: "/run/a\nhttp http://evil", http: nil))
        #expect(try Store.servingHolder(of: file.path) == nil)
    }
}
